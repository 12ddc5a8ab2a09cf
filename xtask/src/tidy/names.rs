//! Names of files: nothing beyond the layout at the root, and no module whose name says nothing.

use super::{File, Problem};

/// What the root shows; dot-files and licences besides.
const ROOT: [&str; 7] = [
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "crates",
    "docs",
    "migrations",
    "xtask",
];

/// Names that invite whatever has no home.
const EMPTY_NAMES: [&str; 8] = [
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "service",
];

pub(super) fn check(files: &[File]) -> Vec<Problem> {
    files
        .iter()
        .flat_map(|file| [root_entry(&file.path), empty_name(&file.path)])
        .flatten()
        .collect()
}

fn root_entry(path: &str) -> Option<Problem> {
    let entry = path.split('/').next()?;
    let known = ROOT.contains(&entry) || entry.starts_with('.') || entry.starts_with("LICENSE-");
    (!known).then(|| format!("{path}: `{entry}` has no place at the root"))
}

fn empty_name(path: &str) -> Option<Problem> {
    let stem = path.strip_suffix(".rs")?;
    let name = stem.split('/').find(|part| EMPTY_NAMES.contains(part))?;
    Some(format!(
        "{path}: `{name}` says nothing; name the module for its one idea"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    #[test]
    fn the_layout_is_fine() {
        let paths = [
            "Cargo.toml",
            ".ci/run",
            "LICENSE-MIT",
            "crates/store/src/lib.rs",
            "docs/common/a.md",
        ];
        assert_eq!(
            check(&paths.map(|path| file(path, ""))),
            Vec::<Problem>::new()
        );
    }

    #[test]
    fn a_stray_root_entry_is_found() {
        assert_eq!(
            check(&[file("notes.txt", "")]),
            ["notes.txt: `notes.txt` has no place at the root"]
        );
    }

    #[test]
    fn empty_module_names_are_found_as_files_and_as_folders() {
        let files = [
            file("crates/a/src/utils.rs", ""),
            file("crates/a/tests/common/mod.rs", ""),
        ];
        assert_eq!(check(&files).len(), 2);
    }
}
