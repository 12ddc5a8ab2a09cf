//! The judges that are not ours and not written in Rust: a virtualenv with the packages that
//! `xtask/judges/requirements.txt` pins, kept in `target/judges/venv` until that file changes.

use std::path::PathBuf;

use anyhow::Context as _;
use xshell::{Shell, cmd};

use crate::packages;

const REQUIREMENTS: &str = "xtask/judges/requirements.txt";

/// The interpreter that has the judges' packages, made ready first where it is not.
pub(crate) fn python(sh: &Shell) -> anyhow::Result<PathBuf> {
    let venv = target(sh)?.join("judges").join("venv");
    let python = venv.join("bin").join("python");
    let installed = venv.join("installed.txt");
    let wanted = sh.read_file(REQUIREMENTS)?;
    // Written last, so it also tells a complete virtualenv from one that was interrupted.
    if python.exists() && sh.read_file(&installed).is_ok_and(|list| list == wanted) {
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

/// Debian splits `ensurepip`, which a virtualenv needs, from the interpreter.
fn has_venv(sh: &Shell) -> bool {
    cmd!(sh, "python3 -c 'import venv, ensurepip'")
        .quiet()
        .ignore_stderr()
        .run()
        .is_ok()
}

fn target(sh: &Shell) -> anyhow::Result<PathBuf> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(sh.current_dir())
        .no_deps()
        .exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}
