//! Debian packages that the tests need, installed where that is possible without asking anyone.

use anyhow::{Context as _, bail};
use xshell::{Shell, cmd};

/// Installs `packages` with apt as root; anywhere else says what is `missing` and what to do.
pub(crate) fn install(sh: &Shell, missing: &str, packages: &[&str]) -> anyhow::Result<()> {
    if !is_root(sh)? || !in_path(sh, "apt-get") {
        bail!(
            "{missing} is missing: install it (on Debian: apt-get install {}) and try again",
            packages.join(" ")
        );
    }
    println!("{missing} is missing; installing {}.", packages.join(" "));
    let _quiet = sh.push_env("DEBIAN_FRONTEND", "noninteractive");
    cmd!(sh, "apt-get update -q").run()?;
    cmd!(
        sh,
        "apt-get install -q -y --no-install-recommends {packages...}"
    )
    .run()
    .with_context(|| format!("cannot install {missing}"))
}

pub(crate) fn is_root(sh: &Shell) -> anyhow::Result<bool> {
    Ok(cmd!(sh, "id -u").quiet().read()? == "0")
}

pub(crate) fn in_path(sh: &Shell, program: &str) -> bool {
    find(sh, program).is_some()
}

/// Where `program` is, by the PATH.
pub(crate) fn find(sh: &Shell, program: &str) -> Option<std::path::PathBuf> {
    let path = sh.var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
