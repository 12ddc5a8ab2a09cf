//! `cargo xtask`: the repository's chores. It depends on none of our crates, so that it builds in
//! seconds and runs even while one of them does not compile.

mod bench;
mod chaos;
mod ci;
mod codegen;
mod fuzz;
mod judges;
mod packages;
mod postgres;
mod process;
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
    /// Measures Laurel beside its yardsticks, in release builds.
    #[command(subcommand)]
    Bench(bench::Bench),
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
    sh.change_dir(root());
    match chore {
        Chore::Ci => ci::run(&sh),
        Chore::Test(options) => test::run(&sh, options),
        Chore::Chaos(options) => chaos::run(&sh, options),
        Chore::Fuzz(options) => fuzz::run(&sh, options),
        Chore::Bench(bench) => bench::run(&sh, bench),
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
