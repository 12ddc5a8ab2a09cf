//! `cargo xtask examples`: what somebody outside this workspace would build, built as they would: the example programs,
//! and a new crate of each kind, untouched and tidy.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;
use clap::ValueEnum as _;
use xshell::Shell;

use crate::new_crate::{self, Kind};
use crate::{process, tidy};

/// The workspace of the example programs, the courier included, which also compiles the recipes of `docs/extending.md`.
const PROGRAM: &str = "docs/examples/cafe";
/// Building ours anew included.
const LIMIT: Duration = Duration::from_mins(20);

pub(crate) fn run(sh: &Shell) -> anyhow::Result<()> {
    // One target folder for all of them: what they use of others is built already.
    let target = crate::target(sh)?;
    let program = sh.current_dir().join(PROGRAM);
    check(&program, &target, "--locked").context(PROGRAM)?;
    let folder = target.join("new-crates");
    sh.remove_path(&folder)?;
    for kind in Kind::value_variants() {
        let named = kind.to_possible_value().context("a kind without a name")?;
        let name = format!("my-{}", named.get_name());
        // As the page says it: beside where one stands.
        let here = folder.join("here");
        let at = Path::new("..").join(&name);
        let at = new_crate::outside(sh, &name, &kind.template(), &here, &at)?;
        // Its lock file is ours, of which cargo leaves what is needed.
        check(&at, &target, "--offline")
            .and_then(|()| tidy::outside(sh, &at))
            .with_context(|| format!("new-crate {name}"))?;
    }
    Ok(())
}

/// Formats, lints and tests a workspace.
fn check(folder: &Path, target: &Path, lock: &str) -> anyhow::Result<()> {
    for arguments in [
        &["fmt", "--all", "--check"][..],
        &[
            "clippy",
            lock,
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
        &["test", lock, "--workspace"],
    ] {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", target)
            .args(arguments);
        process::run(cargo, LIMIT)?;
    }
    Ok(())
}
