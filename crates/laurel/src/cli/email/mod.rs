//! `laurel email`: mail, seen and tried before it is sent. One file a command.

mod dkim;
mod preview;

use crate::{Failure, Platform};

/// See the mail that an event makes, before a customer does.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    Dkim(dkim::Args),
    Preview(preview::Args),
}

pub(super) fn run<Q>(args: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    match args.what {
        What::Dkim(args) => dkim::run(&args, platform),
        What::Preview(args) => preview::run(&args, platform),
    }
}
