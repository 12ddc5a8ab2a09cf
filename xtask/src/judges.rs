//! The judges that are not ours and not written in Rust: the packages of Python and Node.js that the lists in
//! `xtask/judges` pin, kept in `target/judges` until their list changes.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::packages;

const REQUIREMENTS: &str = "xtask/judges/requirements.txt";
const PACKAGE: &str = "xtask/judges/package.json";
const PACKAGE_LOCK: &str = "xtask/judges/package-lock.json";

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
    if !packages::in_path(sh, "node") || !packages::in_path(sh, "npm") {
        packages::install(sh, "Node.js with npm", &["nodejs", "npm"])?;
    }
    let project = crate::target(sh)?.join("judges").join("node");
    let modules = project.join("node_modules");
    let installed = modules.join("installed.json");
    let wanted = sh.read_file(PACKAGE_LOCK)?;
    if is_installed(sh, &installed, &wanted) {
        return Ok(modules);
    }
    println!("Installing the judges that run on Node.js.");
    sh.create_dir(&project)?;
    for list in [PACKAGE, PACKAGE_LOCK] {
        sh.copy_file(list, &project)?;
    }
    cmd!(
        sh,
        "npm ci --prefix {project} --ignore-scripts --no-audit --no-fund --loglevel=error"
    )
    .run()
    .with_context(|| format!("cannot install {PACKAGE_LOCK}"))?;
    sh.write_file(installed, wanted)?;
    Ok(modules)
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
