//! The judges that are not ours and not written in Rust: the packages of Python and Node.js that the lists in
//! `xtask/judges` pin, kept in `target/judges` until their list changes.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::packages;

const REQUIREMENTS: &str = "xtask/judges/requirements.txt";
/// The folders of the lists that npm reads.
const JUDGES: &str = "xtask/judges";
const RECEIVER: &str = "xtask/bench/fastify";
const POSTGRAPHILE: &str = "xtask/bench/postgraphile";

/// The interpreter that has the judges' packages, made ready first where it is not.
pub(crate) fn python(sh: &Shell) -> anyhow::Result<PathBuf> {
    let venv = crate::target(sh)?.join("judges").join("venv");
    let python = venv.join("bin").join("python");
    let installed = venv.join("installed.txt");
    let wanted = sh.read_file(REQUIREMENTS)?;
    if python.exists() && is_installed(sh, &installed, &wanted) {
        return Ok(python);
    }
    println!("Making a virtualenv for the judges.");
    if !has_venv(sh) {
        packages::install(sh, "Python's venv", &["python3", "python3-venv"])?;
    }
    cmd!(sh, "python3 -m venv --clear {venv}").run()?;
    cmd!(
        sh,
        "{python} -m pip install --quiet --disable-pip-version-check --requirement {REQUIREMENTS}"
    )
    .run()
    .with_context(|| format!("cannot install {REQUIREMENTS}"))?;
    sh.write_file(installed, wanted)?;
    Ok(python)
}

/// The `node_modules` folder of the judges that run on Node.js, made ready first where it is not.
pub(crate) fn node_modules(sh: &Shell) -> anyhow::Result<PathBuf> {
    let project = crate::target(sh)?.join("judges").join("node");
    install(
        sh,
        "the judges that run on Node.js",
        Path::new(JUDGES),
        &project,
    )?;
    Ok(project.join("node_modules"))
}

/// Chromium, installed first where there is none.
pub(crate) fn chromium(sh: &Shell) -> anyhow::Result<PathBuf> {
    let found = || {
        ["chromium", "chromium-browser", "google-chrome"]
            .iter()
            .find_map(|name| packages::find(sh, name))
    };
    if found().is_none() {
        packages::install(sh, "Chromium", &["chromium"])?;
    }
    found().context("Chromium is installed and not to be found")
}

/// The receiver that the benchmark of the intake measures ours against, ready to run.
pub(crate) fn receiver(sh: &Shell) -> anyhow::Result<PathBuf> {
    let project = crate::target(sh)?.join("bench").join("fastify");
    install(sh, "Fastify and pg", Path::new(RECEIVER), &project)?;
    sh.copy_file(Path::new(RECEIVER).join("receiver.mjs"), &project)?;
    Ok(project)
}

/// The server that the benchmark of the API measures ours against, ready to run.
pub(crate) fn postgraphile(sh: &Shell) -> anyhow::Result<PathBuf> {
    let project = crate::target(sh)?.join("bench").join("postgraphile");
    install(sh, "PostGraphile", Path::new(POSTGRAPHILE), &project)?;
    sh.copy_file(Path::new(POSTGRAPHILE).join("server.mjs"), &project)?;
    Ok(project)
}

/// Installs the packages that a list pins into `project`, where they are not there yet.
fn install(sh: &Shell, what: &str, lists: &Path, project: &Path) -> anyhow::Result<()> {
    if !packages::in_path(sh, "node") || !packages::in_path(sh, "npm") {
        packages::install(sh, "Node.js with npm", &["nodejs", "npm"])?;
    }
    let lock = lists.join("package-lock.json");
    let installed = project.join("node_modules").join("installed.json");
    let wanted = sh.read_file(&lock)?;
    if is_installed(sh, &installed, &wanted) {
        return Ok(());
    }
    println!("Installing {what}.");
    sh.create_dir(project)?;
    for list in [&lists.join("package.json"), &lock] {
        sh.copy_file(list, project)?;
    }
    cmd!(
        sh,
        "npm ci --prefix {project} --ignore-scripts --no-audit --no-fund --loglevel=error"
    )
    .run()
    .with_context(|| format!("cannot install {}", lock.display()))?;
    sh.write_file(installed, wanted)?;
    Ok(())
}

/// Whether `list`, which is written last, is what is wanted: it also tells a complete installation from one that was
/// interrupted.
fn is_installed(sh: &Shell, list: &Path, wanted: &str) -> bool {
    sh.read_file(list).is_ok_and(|list| list == wanted)
}

/// Debian splits `ensurepip`, which a virtualenv needs, from the interpreter.
fn has_venv(sh: &Shell) -> bool {
    cmd!(sh, "python3 -c 'import venv, ensurepip'")
        .quiet()
        .ignore_stderr()
        .run()
        .is_ok()
}
