//! `cargo xtask bench intake`: how many webhooks are received, how fast, and at what cost.

mod accepted;
mod growth;
mod overload;
mod sample;
mod sustained;

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::contenders::{Database, Places};

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    places: Places,
    /// The databases that Laurel is measured on.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// What is measured.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["accepted", "sustained", "growth", "overload"])]
    part: Vec<Part>,
    /// Connections that post at a time.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 64, 256])]
    connections: Vec<usize>,
    /// Sizes of bodies, in bytes.
    #[arg(long, value_delimiter = ',', default_values_t = [512, 1536, 20_480])]
    body: Vec<usize>,
    /// How often each figure is taken, in turns with the others; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each figure is taken for, in seconds.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// How many events are stored for the growth.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Answered after the commit, in closed and in open loops, beside the yardsticks.
    Accepted,
    /// Received and handled, so that nothing piles up.
    Sustained,
    /// With more and more events stored: pace, memory, and the time to start.
    Growth,
    /// Ten times what the writer takes.
    Overload,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("laurel-bench-").tempdir()?;
    for part in &options.part {
        match part {
            Part::Accepted => accepted::run(options, folder.path())?,
            Part::Sustained => sustained::run(options, folder.path())?,
            Part::Growth => growth::run(options, folder.path())?,
            Part::Overload => overload::run(options, folder.path())?,
        }
    }
    Ok(())
}

impl Options {
    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}
