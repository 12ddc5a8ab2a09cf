//! `cargo xtask fuzz`: libFuzzer against the code that reads what strangers send, for a bounded time.
//!
//! `xtask/fuzz` is a workspace of its own, since everything in it is built with the coverage that
//! libFuzzer steers by. No sanitizer: there is no `unsafe` to watch, and so a stable compiler does.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use xshell::{Shell, cmd};

use crate::process;

const FOLDER: &str = "xtask/fuzz";
const VERSION: &str = "0.13.2";
/// For building a target, and for libFuzzer to end by itself once its time is up.
const BUILD_LIMIT: Duration = Duration::from_mins(30);
const GRACE: Duration = Duration::from_mins(2);
/// The longest that one input may take, in seconds.
const SLOWEST: &str = "-timeout=10";

#[derive(Args)]
pub(crate) struct Options {
    /// What to fuzz; everything, one after the other, unless given.
    target: Option<Target>,
    /// For how long each.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Target {
    /// Which bytes are JSON.
    Scan,
    /// The form that decides what is a duplicate.
    Canonical,
    /// Events, and what is put aside.
    Payload,
    /// Credentials, in every header that holds them.
    SignatureHeaders,
}

impl Target {
    fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What to grow from.
    fn seeds(self) -> &'static str {
        match self {
            Self::Scan | Self::Canonical | Self::Payload => "crates/payloads/fixtures/masivo",
            Self::SignatureHeaders => "xtask/fuzz/seeds/signature_headers",
        }
    }
}

pub(crate) fn run(sh: &Shell, options: &Options) -> anyhow::Result<()> {
    install(sh)?;
    // The versions that are released are those that are fuzzed.
    sh.copy_file("Cargo.lock", Path::new(FOLDER).join("Cargo.lock"))?;
    let built = crate::target(sh)?.join("fuzz");
    let chosen = options.target.as_ref().map(std::slice::from_ref);
    for target in chosen.unwrap_or(Target::value_variants()) {
        fuzz(sh, *target, options.seconds, &built)?;
    }
    Ok(())
}

fn install(sh: &Shell) -> anyhow::Result<()> {
    if cmd!(sh, "cargo fuzz --version")
        .quiet()
        .ignore_stderr()
        .read()
        .is_ok()
    {
        return Ok(());
    }
    println!("cargo-fuzz is missing; installing it.");
    cmd!(sh, "cargo install --locked cargo-fuzz --version {VERSION}")
        .run()
        .context("cannot install cargo-fuzz; it needs a C++ compiler besides")
}

fn fuzz(sh: &Shell, target: Target, seconds: u64, built: &Path) -> anyhow::Result<()> {
    let name = target.name();
    // What was found worth keeping in earlier runs.
    let corpus = built.join("corpus").join(&name);
    sh.create_dir(&corpus)?;
    println!("\n==> {name}, {seconds} s");
    process::run(cargo_fuzz(sh, "build", &name, built), BUILD_LIMIT)?;
    let mut command = cargo_fuzz(sh, "run", &name, built);
    let seeds = PathBuf::from(target.seeds());
    command
        .args([&corpus, &seeds])
        .args(["--", SLOWEST, "-print_final_stats=1"]);
    command.arg(format!("-max_total_time={seconds}"));
    process::run(command, Duration::from_secs(seconds) + GRACE).with_context(|| {
        format!(
            "{name} found something. To repeat it, with the file named above:\n  \
             cargo fuzz run --fuzz-dir {FOLDER} --sanitizer none {name} FILE\n\
             and to make the file smaller first, put `tmin` for `run`"
        )
    })
}

fn cargo_fuzz(sh: &Shell, what: &str, name: &str, built: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        .current_dir(sh.current_dir())
        .args(["fuzz", what, "--fuzz-dir", FOLDER, "--sanitizer", "none"])
        .arg("--target-dir")
        .arg(built)
        .arg(name);
    command
}
