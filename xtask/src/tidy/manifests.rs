//! Versions stand once, in the root's `[workspace.dependencies]`: every dependency of a crate is
//! taken from there, one on each line. A workspace of its own (`xtask/fuzz`) has its own.

use super::{File, Problem};

pub(super) fn check(files: &[File]) -> Vec<Problem> {
    let members = files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"));
    members
        .filter(|manifest| !is_workspace(manifest))
        .flat_map(in_member)
        .collect()
}

fn in_member(manifest: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut in_dependencies = false;
    for (line, number) in manifest.text.lines().map(str::trim).zip(1..) {
        if line.starts_with('[') {
            in_dependencies = line.ends_with("dependencies]");
            if line.contains("dependencies.") {
                problems.push(format!(
                    "{}:{number}: write `name.workspace = true` in place of {line}",
                    manifest.path
                ));
            }
        } else if in_dependencies
            && !line.is_empty()
            && !line.starts_with('#')
            && !from_workspace(line)
        {
            problems.push(format!(
                "{}:{number}: `{line}` belongs in the root's [workspace.dependencies]",
                manifest.path
            ));
        }
    }
    problems
}

fn is_workspace(manifest: &File) -> bool {
    manifest
        .text
        .lines()
        .any(|line| line.trim() == "[workspace]" || line.starts_with("workspace = \""))
}

fn from_workspace(line: &str) -> bool {
    line.contains(".workspace = true") || line.contains("{ workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    #[test]
    fn dependencies_of_the_workspace_are_fine() {
        let text = "[package]\nversion = \"1\"\n[dependencies]\n# why\nserde.workspace = true\ntoml = { workspace = true, optional = true }\n\n[lints]\nworkspace = true\n";
        assert_eq!(
            check(&[file("crates/a/Cargo.toml", text)]),
            Vec::<Problem>::new()
        );
    }

    #[test]
    fn a_version_in_a_member_is_found() {
        let problems = check(&[file(
            "crates/a/Cargo.toml",
            "[dev-dependencies]\nserde = \"1\"\n",
        )]);
        assert_eq!(
            problems,
            [
                "crates/a/Cargo.toml:2: `serde = \"1\"` belongs in the root's [workspace.dependencies]"
            ]
        );
    }

    #[test]
    fn a_table_of_its_own_is_found() {
        assert_eq!(
            check(&[file(
                "crates/a/Cargo.toml",
                "[dependencies.serde]\nversion = \"1\"\n"
            )])
            .len(),
            1
        );
    }

    #[test]
    fn a_workspace_of_its_own_has_its_own_versions() {
        let member = "[package]\nworkspace = \"../cafe\"\n[dependencies]\nserde = \"1\"\n";
        for text in ["[workspace]\n[dependencies]\nserde = \"1\"\n", member] {
            let file = file("xtask/fuzz/Cargo.toml", text);
            assert_eq!(check(&[file]), Vec::<Problem>::new());
        }
    }

    #[test]
    fn the_root_may_hold_versions() {
        assert_eq!(
            check(&[file(
                "Cargo.toml",
                "[workspace.dependencies]\nserde = \"1\"\n"
            )]),
            Vec::<Problem>::new()
        );
    }
}
