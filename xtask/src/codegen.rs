//! `cargo xtask codegen`: the files of `docs/` that are generated. The server describes itself
//! (`laurel schema …`); this only puts its answers where they are read and finds those that are old.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use cargo_metadata::MetadataCommand;
use xshell::{Shell, cmd};

/// Each generated file and the part of `laurel schema` that prints it.
const PRINTED: [(&str, &str); 3] = [
    ("docs/schema.graphql", "graphql"),
    ("docs/config.schema.json", "config"),
    ("docs/cli.md", "cli"),
];
/// The example program's lock file: ours, as far as the program needs it.
const EXAMPLE: &str = "docs/examples/cafe";
/// A folder that `laurel schema events --out` fills; it holds nothing else.
const EVENTS: &str = "docs/events";

/// File contents by path from the root.
type Files = BTreeMap<PathBuf, String>;

pub(crate) fn write(sh: &Shell) -> anyhow::Result<()> {
    let generated = generate(sh)?;
    for change in differences(&checked_in(sh)?, &generated) {
        println!("{change}");
        match generated.get(&change.path) {
            Some(text) => sh.write_file(&change.path, text)?,
            None => sh.remove_path(&change.path)?,
        }
    }
    Ok(())
}

pub(crate) fn check(sh: &Shell) -> anyhow::Result<()> {
    let changes = differences(&checked_in(sh)?, &generate(sh)?);
    for change in &changes {
        println!("{change}");
    }
    if !changes.is_empty() {
        bail!(
            "{} generated files are old; `cargo xtask codegen` writes them",
            changes.len()
        );
    }
    Ok(())
}

fn generate(sh: &Shell) -> anyhow::Result<Files> {
    cmd!(sh, "cargo build --locked --package laurel")
        .quiet()
        .run()?;
    let laurel = crate::target(sh)?.join("debug").join("laurel");
    let mut files = Files::new();
    for (path, part) in PRINTED {
        let text = cmd!(sh, "{laurel} schema {part}").quiet().read()?;
        files.insert(path.into(), with_last_newline(text));
    }
    let folder = sh.create_temp_dir()?;
    let out = folder.path();
    cmd!(sh, "{laurel} schema events --out {out}")
        .quiet()
        .run()?;
    files.insert(example_lock(), example_lock_text(sh)?);
    for file in sh.read_dir(out)? {
        let name = file.file_name().context("a file without a name")?;
        let text = with_last_newline(sh.read_file(&file)?);
        files.insert(Path::new(EVENTS).join(name), text);
    }
    Ok(files)
}

fn example_lock() -> PathBuf {
    Path::new(EXAMPLE).join("Cargo.lock")
}

/// Has cargo take out of our lock file what the example does not need, and puts back what was there.
fn example_lock_text(sh: &Shell) -> anyhow::Result<String> {
    let path = example_lock();
    let before = sh.read_file(&path)?;
    sh.copy_file("Cargo.lock", &path)?;
    let pruned = MetadataCommand::new()
        .current_dir(sh.current_dir().join(EXAMPLE))
        .exec();
    let text = sh.read_file(&path);
    sh.write_file(&path, before)?;
    pruned?;
    Ok(text?)
}

/// What stands in the repository where generated files belong.
fn checked_in(sh: &Shell) -> anyhow::Result<Files> {
    let mut paths: Vec<PathBuf> = PRINTED.iter().map(|(path, _)| path.into()).collect();
    paths.push(example_lock());
    if sh.path_exists(EVENTS) {
        let names = sh
            .read_dir(EVENTS)?
            .into_iter()
            .filter_map(|file| file.file_name().map(ToOwned::to_owned));
        paths.extend(names.map(|name| Path::new(EVENTS).join(name)));
    }
    let present = paths.into_iter().filter(|path| sh.path_exists(path));
    present
        .map(|path| Ok((path.clone(), sh.read_file(&path)?)))
        .collect()
}

fn with_last_newline(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[derive(Debug, PartialEq)]
struct Change {
    path: PathBuf,
    what: &'static str,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.path.display(), self.what)
    }
}

fn differences(old: &Files, new: &Files) -> Vec<Change> {
    let mut changes = Vec::new();
    for (path, text) in new {
        match old.get(path) {
            None => changes.push(Change {
                path: path.clone(),
                what: "is new",
            }),
            Some(before) if before != text => changes.push(Change {
                path: path.clone(),
                what: "differs",
            }),
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|path| !new.contains_key(*path));
    changes.extend(gone.map(|path| Change {
        path: path.clone(),
        what: "is no longer generated",
    }));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(entries: &[(&str, &str)]) -> Files {
        entries
            .iter()
            .map(|(path, text)| (path.into(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn equal_files_need_nothing() {
        assert_eq!(
            differences(&files(&[("a", "1")]), &files(&[("a", "1")])),
            []
        );
    }

    #[test]
    fn new_changed_and_abandoned_files_are_named() {
        let changes = differences(
            &files(&[("a", "1"), ("b", "1")]),
            &files(&[("a", "2"), ("c", "1")]),
        );
        let lines: Vec<_> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["a differs", "c is new", "b is no longer generated"]);
    }
}
