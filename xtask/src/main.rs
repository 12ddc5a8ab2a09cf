//! `cargo xtask`: the repository's chores. It depends on none of our crates, so that it builds in
//! seconds and runs even while one of them does not compile.

mod bench;
mod chaos;
mod ci;
mod codegen;
mod examples;
mod fuzz;
mod instructions;
mod judges;
mod new_crate;
mod packages;
mod postfix;
mod postgres;
mod process;
mod semver;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use xshell::Shell;

/// The repository's chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Everything that CI runs, in CI's order; stops at the first failure.
    Ci,
    /// All tests, on SQLite and on a private PostgreSQL that is started for the run.
    Test(test::Options),
    /// Faults in larger doses than CI's: kills, a database that goes away, a full disk, clients that vanish, overload.
    Chaos(chaos::Options),
    /// Hours of hostile input in minutes: libFuzzer against the scan, the canonical form, the payloads, the credentials.
    Fuzz(fuzz::Options),
    /// Counts what reading a body costs, beside `serde_json`, and that it grows no faster than the body.
    Instructions,
    /// Measures Laurel beside its yardsticks, in release builds.
    #[command(subcommand)]
    Bench(bench::Bench),
    /// An extension to begin with: a crate that compiles, is tidy and passes its test.
    NewCrate(new_crate::Options),
    /// What is built on Laurel from outside: the program of docs/examples, and a new crate of each kind.
    Examples,
    /// Whether the crates that extensions are written against keep the last release's promises.
    Semver,
    /// Writes the generated files of docs/ anew.
    Codegen {
        /// Changes nothing; fails when a file differs from what would be generated.
        #[arg(long)]
        check: bool,
    },
    /// Rules that compilers do not check: arrows, file lengths, maps, the lock file.
    Tidy,
}

fn main() -> ExitCode {
    match run(&Chore::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(chore: &Chore) -> anyhow::Result<()> {
    process::forget_own_package()?;
    process::catch_signals()?;
    let sh = Shell::new()?;
    let started_in = sh.current_dir();
    sh.change_dir(root());
    match chore {
        Chore::Ci => ci::run(&sh),
        Chore::Test(options) => test::run(&sh, options),
        Chore::Chaos(options) => chaos::run(&sh, options),
        Chore::Fuzz(options) => fuzz::run(&sh, options),
        Chore::Instructions => instructions::run(&sh),
        Chore::Bench(bench) => bench::run(&sh, bench),
        Chore::NewCrate(options) => new_crate::run(&sh, options, &started_in),
        Chore::Examples => examples::run(&sh),
        Chore::Semver => semver::run(&sh),
        Chore::Codegen { check: true } => codegen::check(&sh),
        Chore::Codegen { check: false } => codegen::write(&sh),
        Chore::Tidy => tidy::run(&sh),
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// The folder that cargo builds into.
fn target(sh: &Shell) -> anyhow::Result<PathBuf> {
    let mut command = cargo_metadata::MetadataCommand::new();
    let metadata = command.current_dir(sh.current_dir()).no_deps().exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}
