//! `laurel migrate`: the database, made or brought up to date.

use crate::{Failure, Platform, database};

/// Make the database, or bring it up to this binary. `serve` does so by itself.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {}

pub(super) async fn run<Q>(_: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let database = &platform.config().database;
    let applied = database::migrate(database, &platform.extensions.migrations).await?;
    match applied.as_slice() {
        [] => super::print(&format!("{database} is up to date\n")),
        names => super::print(&format!("{database}: applied {}\n", names.join(", "))),
    }
}
