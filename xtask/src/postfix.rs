//! Postfix's programs, from Debian's package: those of the machine, or unpacked into `target`, where nothing starts them
//! and no mail of the machine's is touched.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use xshell::{Shell, cmd};

use crate::packages;

/// Where the programs and their libraries are.
pub(crate) struct Postfix {
    root: PathBuf,
}

impl Postfix {
    /// Finds or unpacks them.
    pub(crate) fn find(sh: &Shell) -> anyhow::Result<Self> {
        let installed = Self { root: "/".into() };
        if installed.is_there() {
            return Ok(installed);
        }
        let folder = crate::target(sh)?.join("judges").join("postfix");
        let unpacked = Self {
            root: folder.join("root"),
        };
        if !unpacked.is_there() {
            unpacked.unpack(sh, &folder)?;
        }
        Ok(unpacked)
    }

    /// The folder that stands for `/`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// One of the programs that administrators run.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.root.join("usr/sbin").join(name)
    }

    /// The folder of its own libraries.
    pub(crate) fn libraries(&self) -> PathBuf {
        self.root.join("usr/lib/postfix")
    }

    fn is_there(&self) -> bool {
        self.program("smtp-sink").is_file() && self.libraries().join("sbin/master").is_file()
    }

    fn unpack(&self, sh: &Shell, folder: &Path) -> anyhow::Result<()> {
        ensure!(
            packages::in_path(sh, "apt-get") && packages::in_path(sh, "dpkg-deb"),
            "Postfix is missing: install it and try again"
        );
        println!("Unpacking Debian's Postfix.");
        sh.remove_path(folder)?;
        sh.create_dir(&self.root)?;
        let here = sh.push_dir(folder);
        if cmd!(sh, "apt-get download -q postfix").run().is_err() {
            cmd!(sh, "apt-get update -q").run()?;
            cmd!(sh, "apt-get download -q postfix").run()?;
        }
        let packages = sh.read_dir(folder)?;
        let mut packages = packages.into_iter();
        let package = packages.find(|file| file.extension().is_some_and(|end| end == "deb"));
        let package = package.context("a package was downloaded, and is nowhere to be found")?;
        let root = &self.root;
        cmd!(sh, "dpkg-deb -x {package} {root}").run()?;
        drop(here);
        ensure!(
            self.is_there(),
            "Debian's Postfix is not where it was expected"
        );
        Ok(())
    }
}
