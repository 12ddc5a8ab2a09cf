//! Commands of extensions, beside ours.

use std::pin::Pin;

use clap::{ArgMatches, CommandFactory};

use super::Session;
use crate::Failure;
use crate::cli::Cli;

type Running = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;
type Run = Box<dyn FnOnce(&ArgMatches, Session) -> Result<Running, Failure>>;

/// A command, and what it does.
pub(crate) struct ExtensionCommand {
    command: clap::Command,
    run: Run,
}

impl ExtensionCommand {
    pub(super) fn new<A, F>(run: F) -> Self
    where
        A: clap::Parser + 'static,
        F: AsyncFnOnce(A, Session) -> Result<(), Failure> + 'static,
    {
        Self {
            command: A::command(),
            run: Box::new(|matches, session| {
                let arguments = A::from_arg_matches(matches);
                let arguments = arguments.map_err(|error| Failure::Usage(error.to_string()))?;
                Ok(Box::pin(run(arguments, session)))
            }),
        }
    }

    pub(super) fn name(&self) -> &str {
        self.command.get_name()
    }
}

/// The command line with ours and theirs.
pub(super) fn line(commands: &[ExtensionCommand]) -> clap::Command {
    let theirs = commands.iter().map(|command| command.command.clone());
    Cli::command().subcommands(theirs)
}

/// Takes the command that was chosen, where it is an extension's.
pub(super) fn chosen(
    commands: &mut Vec<ExtensionCommand>,
    matches: &ArgMatches,
) -> Option<ExtensionCommand> {
    let name = matches.subcommand_name()?;
    let place = commands.iter().position(|command| command.name() == name)?;
    Some(commands.swap_remove(place))
}

impl ExtensionCommand {
    /// Runs it with its own part of what was matched, and closes what it opened.
    pub(super) async fn run(self, matches: &ArgMatches, session: Session) -> Result<(), Failure> {
        let Some((_, matches)) = matches.subcommand() else {
            return Ok(());
        };
        let done = (self.run)(matches, session.clone())?.await;
        session.close().await?;
        done
    }
}
