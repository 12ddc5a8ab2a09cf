//! `laurel completions`: for the shell.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use crate::Failure;

/// Print a script that completes this command line in a shell.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "laurel", &mut script);
    super::print(&String::from_utf8_lossy(&script))
}
