//! `laurel completions`: for the shell.

use clap_complete::Shell;

use crate::{Failure, Platform};

/// Print a script that completes this command line in a shell.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

pub(super) fn run<Q>(args: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let mut script = Vec::new();
    let name = platform.program();
    clap_complete::generate(args.shell, &mut platform.command_line(), name, &mut script);
    super::print(&String::from_utf8_lossy(&script))
}
