//! PostgreSQL's programs: where they are, installed when they are nowhere, and the account they run
//! under, since the server refuses to run as root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use xshell::{Shell, cmd};

use crate::packages;

/// PostgreSQL's programs and the account that they run under.
pub(super) struct Programs {
    folder: PathBuf,
    /// Set for root, whom PostgreSQL refuses: a command that becomes the user `postgres`.
    become_postgres: Option<&'static [&'static str]>,
}

impl Programs {
    pub(super) fn find(sh: &Shell) -> anyhow::Result<Self> {
        let folder = if let Some(folder) = look(sh) {
            folder
        } else {
            packages::install(sh, "PostgreSQL", &["postgresql"])?;
            look(sh).context("PostgreSQL was installed, yet initdb is nowhere to be found")?
        };
        let become_postgres = if packages::is_root(sh)? {
            Some(becoming(sh)?)
        } else {
            None
        };
        Ok(Self {
            folder,
            become_postgres,
        })
    }

    pub(super) fn command(&self, program: &str, current_dir: &Path) -> Command {
        let program = self.path(program);
        let mut command = match self.account() {
            [] => Command::new(program),
            [become_it, words @ ..] => {
                let mut command = Command::new(become_it);
                command.args(words).arg(program);
                command
            }
        };
        command.current_dir(current_dir);
        command
    }

    /// The command that becomes the account, word by word; empty where there is nobody to become.
    pub(super) fn account(&self) -> &'static [&'static str] {
        self.become_postgres.unwrap_or_default()
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// Makes `folder` the property of the account that the server runs under.
    pub(super) fn give(&self, sh: &Shell, folder: &Path) -> anyhow::Result<()> {
        if self.become_postgres.is_some() {
            cmd!(sh, "chown postgres {folder}").quiet().run()?;
        }
        Ok(())
    }
}

/// The folder that holds `initdb`: by the PATH, by `pg_config`, or the newest of Debian's.
fn look(sh: &Shell) -> Option<PathBuf> {
    let in_path = packages::find(sh, "initdb").and_then(|file| file.canonicalize().ok());
    if let Some(folder) = in_path.as_deref().and_then(Path::parent) {
        return Some(folder.to_owned());
    }
    let told = cmd!(sh, "pg_config --bindir")
        .quiet()
        .ignore_stderr()
        .read()
        .ok()
        .map(PathBuf::from);
    told.filter(|folder| folder.join("initdb").is_file())
        .or_else(|| newest(Path::new("/usr/lib/postgresql")))
}

/// The programs of the highest version under `versions` (`15/bin`, `16/bin`, …).
fn newest(versions: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(versions).ok()?.flatten();
    let numbered = folders.filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs
            .join("initdb")
            .is_file()
            .then_some((version, programs))
    });
    numbered.max().map(|(_, programs)| programs)
}

fn becoming(sh: &Shell) -> anyhow::Result<&'static [&'static str]> {
    const SETPRIV: &[&str] = &[
        "setpriv",
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        "--",
    ];
    const RUNUSER: &[&str] = &["runuser", "-u", "postgres", "--"];
    if cmd!(sh, "id -u postgres")
        .quiet()
        .ignore_stdout()
        .ignore_stderr()
        .run()
        .is_err()
    {
        bail!(
            "PostgreSQL does not run as root and there is no user `postgres`: add one, or run this as another user"
        );
    }
    [SETPRIV, RUNUSER].into_iter().find(|words| packages::in_path(sh, words[0])).context(
        "PostgreSQL does not run as root, and neither setpriv nor runuser is here: run this as another user",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_the_highest_number() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["9", "15", "common"] {
            let programs = folder.path().join(version).join("bin");
            fs::create_dir_all(&programs).unwrap();
            fs::write(programs.join("initdb"), "").unwrap();
        }
        fs::create_dir_all(folder.path().join("17/bin")).unwrap();
        assert_eq!(newest(folder.path()), Some(folder.path().join("15/bin")));
    }

    #[test]
    fn a_machine_without_postgres_has_no_newest() {
        assert_eq!(newest(Path::new("/nowhere")), None);
    }
}
