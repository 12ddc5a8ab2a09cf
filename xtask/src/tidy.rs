//! `cargo xtask tidy`: the rules of the house that no compiler checks. Each check is a function from
//! what it looks at to the problems that it found, so that its test can show it failing.

mod arrows;
mod licences;
mod lock;
mod manifests;
mod map;
mod names;
mod readme;
mod rows;
mod sources;
mod words;

use std::path::Path;

use anyhow::{Context as _, bail};
use cargo_metadata::{Metadata, MetadataCommand};
use xshell::{Shell, cmd};

/// One thing that breaks a rule: where, which, and what to do about it.
type Problem = String;

/// A text file of the repository.
struct File {
    /// From the root, with `/`.
    path: String,
    text: String,
}

impl File {
    fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|own| own == extension)
    }
}

pub(crate) fn run(sh: &Shell) -> anyhow::Result<()> {
    let files = files(sh)?;
    let metadata = metadata(sh)?;
    let problems = [
        arrows::check(&metadata),
        licences::check(&metadata),
        lock::check_versions(text(&files, "Cargo.lock")),
        lock::check_default_graph(&metadata),
        manifests::check(&files),
        map::check(&files, &arrows::members(&metadata)),
        names::check(&files),
        readme::check(text(&files, "README.md")),
        rows::check(&files),
        sources::check(&files),
        words::check(&files),
    ]
    .concat();
    println!("{}", sources::lengths(&files));
    for problem in &problems {
        println!("{problem}");
    }
    if !problems.is_empty() {
        bail!("{} problems", problems.len());
    }
    Ok(())
}

/// What of the rules holds for a workspace of somebody's own, in `folder`: how its files open, how long they are, and that
/// they hold nothing half-done and nothing of one machine.
pub(crate) fn outside(sh: &Shell, folder: &Path) -> anyhow::Result<()> {
    let mut files = Vec::new();
    collect(sh, folder, folder, &mut files)?;
    let problems = [sources::check(&files), words::check(&files)].concat();
    if files.is_empty() || !problems.is_empty() {
        bail!("{}: not tidy: {problems:?}", folder.display());
    }
    Ok(())
}

/// The text files below `folder`, named from `root`; what is built is none of it.
fn collect(sh: &Shell, root: &Path, folder: &Path, files: &mut Vec<File>) -> anyhow::Result<()> {
    for path in sh.read_dir(folder)? {
        let name = path.strip_prefix(root)?;
        if path.is_dir() {
            if !name.starts_with("target") {
                collect(sh, root, &path, files)?;
            }
        } else if let Ok(text) = sh.read_file(&path) {
            files.push(File {
                path: format!("/{}", name.display()),
                text,
            });
        }
    }
    Ok(())
}

/// Every text file that git knows of or would add, with its text.
fn files(sh: &Shell) -> anyhow::Result<Vec<File>> {
    let list = cmd!(sh, "git ls-files -z --cached --others --exclude-standard")
        .quiet()
        .read()
        .context("tidy looks at the files that git knows")?;
    let paths = list
        .split('\0')
        .filter(|path| !path.is_empty() && sh.path_exists(path));
    // What is not text (a picture) has no rules here.
    let texts = paths.filter_map(|path| {
        Some(File {
            path: path.to_owned(),
            text: sh.read_file(path).ok()?,
        })
    });
    Ok(texts.collect())
}

/// The dependency graph with default features, as the lock file pins it.
fn metadata(sh: &Shell) -> anyhow::Result<Metadata> {
    let locked = vec!["--locked".to_owned()];
    Ok(MetadataCommand::new()
        .current_dir(sh.current_dir())
        .other_options(locked)
        .exec()?)
}

/// The text of the file at `path`; nothing where it does not exist, which the checks then say.
fn text<'a>(files: &'a [File], path: &str) -> &'a str {
    files
        .iter()
        .find(|file| file.path == path)
        .map_or("", |file| &file.text)
}

#[cfg(test)]
fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_tidy_in_a_workspace_of_somebodys_own_is_found() {
        let sh = Shell::new().unwrap();
        let folder = sh.create_temp_dir().unwrap();
        let write = |text: &str| {
            sh.write_file(folder.path().join("src/lib.rs"), text)
                .unwrap();
            outside(&sh, folder.path())
        };
        assert!(write("//! An extension.\n").is_ok());
        let error = write("fn a() {}\n").unwrap_err().to_string();
        assert!(error.contains("/src/lib.rs:1: open the file"), "{error}");
    }
}
