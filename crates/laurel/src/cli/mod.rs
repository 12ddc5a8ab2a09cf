//! The command line: one file a command.

mod completions;
mod config;
mod dead_letters;
mod keys;
mod migrate;
mod reference;
mod replay;
mod schema;
mod serve;
mod simulate;

use std::path::PathBuf;

use async_graphql::ObjectType;
use clap::{Parser, Subcommand};

use crate::demo;
use crate::{Failure, Platform};

/// Laurel keeps a loyalty programme's webhooks, answers questions about each customer's history,
/// and writes to customers when their tier changes.
#[derive(Debug, Parser)]
#[command(
    name = "laurel",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// Configuration file; `laurel.toml` where there is one, unless named.
    #[arg(long, global = true, env = "LAUREL_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    Serve(serve::Args),
    Migrate(migrate::Args),
    Demo(demo::Args),
    Simulate(simulate::Args),
    Keys(keys::Args),
    Replay(replay::Args),
    DeadLetters(dead_letters::Args),
    Config(config::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

impl Command {
    /// Whether the configuration matters: the others work beside a broken one.
    pub(crate) fn is_configured(&self) -> bool {
        !matches!(
            self,
            Self::Demo(_) | Self::Simulate(_) | Self::Schema(_) | Self::Completions(_)
        )
    }

    /// Whether it runs long enough for its log to matter.
    pub(crate) fn is_logged(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Replay(_) | Self::Migrate(_))
    }
}

/// Runs the command that the platform was started with.
pub(crate) async fn run<Q: ObjectType + 'static>(platform: Platform<Q>) -> Result<(), Failure> {
    match platform.command.clone() {
        Command::Serve(args) => serve::run(args, platform).await,
        Command::Migrate(args) => migrate::run(&args, &platform.loaded.config).await,
        Command::Demo(args) => demo::run(args, platform).await,
        Command::Simulate(args) => simulate::run(args).await,
        Command::Keys(args) => keys::run(args, &platform.loaded.config).await,
        Command::Replay(args) => replay::run(args, platform).await,
        Command::DeadLetters(args) => dead_letters::run(args, &platform.loaded.config).await,
        Command::Config(args) => config::run(&args, &platform.loaded),
        Command::Schema(args) => schema::run(args, platform.query),
        Command::Completions(args) => completions::run(&args),
    }
}

/// Writes an answer to standard output; a reader that has seen enough is no failure.
fn print(text: &str) -> Result<(), Failure> {
    use std::io::{ErrorKind, Write};
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
