//! `laurel email`: mail, seen and tried before it is sent. One file a command.

mod bounces;
mod dkim;
mod doctor;
mod preview;
mod test;

use crate::{Failure, Platform};

/// See the mail that an event makes before a customer does, and take in what comes back.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    Dkim(dkim::Args),
    Doctor(doctor::Args),
    Preview(preview::Args),
    Test(test::Args),
    Bounces(bounces::Args),
}

pub(super) async fn run<Q>(args: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    match args.what {
        What::Dkim(args) => dkim::run(&args, platform),
        What::Doctor(args) => doctor::run(args, platform).await,
        What::Preview(args) => preview::run(&args, platform),
        What::Test(args) => test::run(args, platform).await,
        What::Bounces(args) => bounces::run(args, platform).await,
    }
}
