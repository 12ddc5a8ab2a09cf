//! `cargo xtask chaos`: the fault tests, in doses as large as told, one after the other.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::process::Command;

use clap::Args;
use xshell::Shell;

use crate::test::{self, Database};

#[derive(Args)]
pub(crate) struct Options {
    /// The databases to test on.
    #[arg(long, value_enum, default_value_t = Database::All)]
    database: Database,
    /// How often the server is killed under load, on each database.
    #[arg(long, default_value_t = 10, value_name = "TIMES")]
    kills: u32,
    /// How often PostgreSQL is stopped (`immediate`) under load and started again.
    #[arg(long, default_value_t = 3, value_name = "TIMES")]
    restarts: u32,
    /// How many clients go away in the middle of a webhook, on each database.
    #[arg(long, default_value_t = 10_000, value_name = "CLIENTS")]
    disconnects: u32,
    /// How many events are posted to two copies at once.
    #[arg(long, default_value_t = 50, value_name = "EVENTS")]
    pairs: u32,
    /// How many customers rise at once, and are mailed.
    #[arg(long, default_value_t = 100_000, value_name = "CUSTOMERS")]
    upgrades: u32,
    /// How many events a second the writer is held to while ten times as many are offered. Two cores take some hundreds.
    #[arg(long, default_value_t = 100, value_name = "EVENTS")]
    capacity: u32,
    /// Fills a real disk, too: a file system of a few megabytes in memory, which only root may mount.
    #[arg(long)]
    mount: bool,
    /// Decides all that is random; another one each time unless given.
    #[arg(long)]
    seed: Option<u32>,
    /// Only tests with one of these in their names: kills, restarts, storm, copies, commits, overload, disk, poison, mail.
    tests: Vec<String>,
}

pub(crate) fn run(sh: &Shell, options: &Options) -> anyhow::Result<()> {
    let seed = options.seed.unwrap_or_else(random);
    println!("To repeat: {}", repeat(std::env::args().skip(1), seed));
    let mut command = Command::new("cargo");
    command
        .args(["test", "--locked", "--package", "laurel"])
        .args(["--test", "faults", "--", "--nocapture", "--test-threads=1"])
        .args(&options.tests)
        .args(test::left_out(options.database));
    for (dose, of) in [
        ("SEED", seed),
        ("KILLS", options.kills),
        ("RESTARTS", options.restarts),
        ("DISCONNECTS", options.disconnects),
        ("PAIRS", options.pairs),
        ("UPGRADES", options.upgrades),
        ("CAPACITY", options.capacity),
        ("MOUNT", options.mount.into()),
    ] {
        command.env(format!("LAUREL_TEST_{dose}"), of.to_string());
    }
    test::on(options.database, sh, command)
}

/// The command line with this seed in it.
fn repeat(words: impl Iterator<Item = String>, seed: u32) -> String {
    let words: Vec<_> = words.collect();
    let mut command = format!("cargo xtask {}", words.join(" "));
    if !words.iter().any(|word| word.starts_with("--seed")) {
        command.push_str(&format!(" --seed {seed}"));
    }
    command
}

fn random() -> u32 {
    let random = RandomState::new().build_hasher().finish();
    u32::try_from(random % u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::repeat;

    #[test]
    fn a_run_says_how_to_have_it_again() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let repeated = |line: &str| repeat(words(line).into_iter(), 7);
        assert_eq!(
            repeated("chaos --kills 500"),
            "cargo xtask chaos --kills 500 --seed 7"
        );
        assert_eq!(repeated("chaos --seed=7"), "cargo xtask chaos --seed=7");
    }
}
