//! Where a SQLite file may be, and why not elsewhere.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::config::Database;

/// Refuses a place where SQLite could not keep its promises.
pub(super) fn check(database: &Database) -> Result<(), Failure> {
    let Some(path) = database.sqlite_path() else {
        return Ok(());
    };
    match fault(&path) {
        Some(fault) => Err(Failure::Database(format!("{}: {fault}", path.display()))),
        None => Ok(()),
    }
}

fn fault(path: &Path) -> Option<String> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    };
    if !folder.is_dir() {
        return Some(format!("there is no folder {}", folder.display()));
    }
    match path.symlink_metadata() {
        Ok(file) if file.is_dir() => return Some("it is a folder; name a file in it".to_owned()),
        // The log beside the file and the lock go by the name: by two names, two servers.
        Ok(file) if file.is_symlink() => {
            return Some("it is a symbolic link; name the file itself".to_owned());
        }
        Ok(file) if file.permissions().readonly() => {
            return Some("it may not be written".to_owned());
        }
        _ => {}
    }
    network_file_system(&folder)
        .map(|name| format!("it is on {name}, where SQLite's locks do not hold"))
}

#[cfg(target_os = "linux")]
fn network_file_system(folder: &Path) -> Option<&'static str> {
    // The magic numbers of statfs(2).
    match rustix::fs::statfs(folder).ok()?.f_type {
        0x6969 => Some("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some("a Windows share"),
        0x5346_414f => Some("AFS"),
        _ => None,
    }
}

#[cfg(not(target_os = "linux"))]
fn network_file_system(_: &Path) -> Option<&'static str> {
    None
}
