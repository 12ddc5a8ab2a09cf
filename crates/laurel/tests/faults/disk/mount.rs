//! A disk of a few megabytes, in memory, that only root can have.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

pub(super) struct Mount(TempDir);

impl Mount {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"])
            .arg(folder.path()));
        Self(folder)
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves no room for anything more.
    pub(super) fn fill(&self) {
        let mut ballast = File::create(self.path().join("ballast")).expect("a file");
        let full = loop {
            if let Err(error) = ballast.write_all(&[0; 4096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
    }

    pub(super) fn empty(&self) {
        fs::remove_file(self.path().join("ballast")).expect("a file to remove");
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        // Lazily: a server that was killed a moment ago may still hold files.
        run(Command::new("umount").arg("--lazy").arg(self.path()));
    }
}

fn run(command: &mut Command) {
    let ended = command.status().expect("a program that starts");
    assert!(ended.success(), "{command:?}: {ended}; are you root?");
}
