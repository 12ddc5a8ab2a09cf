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

/// The version that reads what this toolchain's rustdoc writes.
const TOOL: &str = "cargo-semver-checks@0.51.0";

/// Building rustdoc's description of ours, twice; and the tool itself, where it is missing.
const LIMIT: Duration = Duration::from_hours(1);

pub(crate) fn run(sh: &Shell) -> anyhow::Result<()> {
    let Some(tag) = last_release(sh)? else {
        println!(
            "There is no release (a tag such as v0.1.0) to compare with: nothing was promised yet."
        );
        return Ok(());
    };
    let changed = changed(sh, &tag)?;
    if changed.is_empty() {
        println!("Nothing that extensions use has changed since {tag}.");
        return Ok(());
    }
    if !packages::in_path(sh, "cargo-semver-checks") {
        println!("Installing {TOOL}, which takes some minutes the first time.");
        let mut install = Command::new("cargo");
        // Its own build is longer than any comparison.
        install.args(["install", "--locked", "--debug", TOOL]);
        process::run(install, LIMIT)?;
    }
    // One target folder for all of ours, now and then: what they use of others is checked once. Each description is
    // written under the same name, so none may be left that cargo would take to be fresh.
    let target = crate::target(sh)?.join("semver");
    sh.remove_path(target.join("doc"))?;
    let mut arguments = vec!["semver-checks", "--baseline-rev", &tag];
    arguments.extend(changed.iter().flat_map(|package| ["--package", package]));
    let mut compare = Command::new("cargo");
    compare
        .current_dir(sh.current_dir())
        .env("CARGO_TARGET_DIR", target)
        .args(&arguments);
    process::run(compare, LIMIT)
}

/// Those whose own sources are not the release's. What one shows of another is checked with that other.
fn changed(sh: &Shell, tag: &str) -> anyhow::Result<Vec<&'static str>> {
    let mut changed = Vec::new();
    for package in PUBLIC {
        let folder = package.strip_prefix("laurel-").unwrap_or(package);
        let paths = ["src", "Cargo.toml"].map(|path| format!("crates/{folder}/{path}"));
        let names = cmd!(sh, "git diff --name-only {tag} -- {paths...}");
        if !names.quiet().read()?.is_empty() {
            changed.push(package);
        }
    }
    Ok(changed)
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
