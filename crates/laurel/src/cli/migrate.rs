//! `laurel migrate`: the database, made or brought up to date.

use crate::config::Config;
use crate::{Failure, database};

/// Make the database, or bring it up to this binary. `serve` does so by itself.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {}

pub(super) async fn run(_: &Args, config: &Config) -> Result<(), Failure> {
    let applied = database::migrate(&config.database).await?;
    let database = &config.database;
    match applied.as_slice() {
        [] => super::print(&format!("{database} is up to date\n")),
        names => super::print(&format!("{database}: applied {}\n", names.join(", "))),
    }
}
