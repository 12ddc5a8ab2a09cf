//! `cargo xtask semver`: whether what outsiders lean on still holds what the last release promised.

use std::process::Command;
use std::time::Duration;

use xshell::{Shell, cmd};

use crate::{packages, process};

/// What extensions are written against.
const PUBLIC: [&str; 9] = [
    "laurel",
    "laurel-dispatch",
    "laurel-graphql",
    "laurel-ingest",
    "laurel-notify",
    "laurel-payloads",
    "laurel-settings",
    "laurel-store",
    "laurel-testkit",
];

/// Building rustdoc's description of ours, twice; and the tool itself, where it is missing.
const LIMIT: Duration = Duration::from_hours(1);

pub(crate) fn run(sh: &Shell) -> anyhow::Result<()> {
    let Some(tag) = last_release(sh)? else {
        println!(
            "There is no release (a tag such as v0.1.0) to compare with: nothing was promised yet."
        );
        return Ok(());
    };
    if !packages::in_path(sh, "cargo-semver-checks") {
        println!("Installing cargo-semver-checks, which takes some minutes the first time.");
        cargo(sh, &["install", "--locked", "cargo-semver-checks"])?;
    }
    let mut arguments = vec!["semver-checks", "--baseline-rev", &tag];
    arguments.extend(PUBLIC.iter().flat_map(|package| ["--package", package]));
    cargo(sh, &arguments)
}

/// The newest release that this one comes after.
fn last_release(sh: &Shell) -> anyhow::Result<Option<String>> {
    let tags = cmd!(
        sh,
        "git tag --list v* --merged HEAD --sort=-version:refname"
    )
    .quiet()
    .read()?;
    Ok(tags.lines().next().map(str::to_owned))
}

fn cargo(sh: &Shell, arguments: &[&str]) -> anyhow::Result<()> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(sh.current_dir()).args(arguments);
    process::run(cargo, LIMIT)
}
