//! The command line: one file a command.

mod audit;
mod completions;
mod config;
mod dead_letters;
mod email;
mod erase;
mod keys;
mod migrate;
mod quarantined;
mod reference;
mod replay;
mod schema;
mod serve;
mod simulate;

use std::collections::BTreeSet;
use std::path::PathBuf;

use async_graphql::ObjectType;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

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
    #[arg(long, global = true, env = CONFIG_VARIABLE, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

/// Names the configuration file where the command line does not.
pub(crate) const CONFIG_VARIABLE: &str = "LAUREL_CONFIG";

/// Commands that work beside a broken configuration, for they do not need one.
const WITHOUT_CONFIGURATION: [&str; 5] = ["demo", "simulate", "schema", "completions", "help"];

/// Whether the command of a name needs the configuration; an extension's does.
pub(crate) fn is_configured(name: &str) -> bool {
    !WITHOUT_CONFIGURATION.contains(&name)
}

/// The names that are ours.
pub(crate) fn names() -> BTreeSet<String> {
    let line = Cli::command();
    let ours = line.get_subcommands().map(clap::Command::get_name);
    ours.chain(["help"]).map(str::to_owned).collect()
}

/// The command that was chosen, one of ours.
pub(crate) fn chosen(matches: &ArgMatches) -> Result<Command, Failure> {
    let chosen = Cli::from_arg_matches(matches);
    let chosen = chosen.map_err(|error| Failure::Usage(error.to_string()))?;
    Ok(chosen.command)
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
    Quarantined(quarantined::Args),
    Erase(erase::Args),
    Audit(audit::Args),
    Email(email::Args),
    Config(config::Args),
    Schema(schema::Args),
    Completions(completions::Args),
}

impl Command {
    /// Whether it runs long enough for its log to matter.
    pub(crate) fn is_logged(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Replay(_) | Self::Migrate(_))
    }
}

/// Runs one of our commands.
pub(crate) async fn run<Q: ObjectType + 'static>(
    command: Command,
    platform: Platform<Q>,
) -> Result<(), Failure> {
    match command {
        Command::Serve(args) => serve::run(args, platform).await,
        Command::Migrate(args) => migrate::run(&args, &platform).await,
        Command::Demo(args) => demo::run(args, platform).await,
        Command::Simulate(args) => simulate::run(args).await,
        Command::Keys(args) => keys::run(args, &platform).await,
        Command::Replay(args) => replay::run(args, platform).await,
        Command::DeadLetters(args) => dead_letters::run(args, &platform).await,
        Command::Quarantined(args) => quarantined::run(args, &platform).await,
        Command::Email(args) => email::run(args, &platform).await,
        Command::Erase(args) => erase::run(&args, &platform).await,
        Command::Audit(args) => audit::run(&args, &platform).await,
        Command::Config(args) => config::run(&args, &platform),
        Command::Schema(args) => schema::run(args, platform),
        Command::Completions(args) => completions::run(&args, &platform),
    }
}

/// Writes an answer to standard output; a reader that has seen enough is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    use std::io::{ErrorKind, Write};
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
