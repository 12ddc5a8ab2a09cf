//! Maps match the house: the README and `docs/architecture.md` name every crate and no other, each
//! crate has a README, and links between documents lead somewhere.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use super::{File, Problem};

const MAPS: [&str; 2] = ["README.md", "docs/architecture.md"];

/// `members` are the folders of the workspace's packages, such as `crates/store` or `xtask`.
pub(super) fn check(files: &[File], members: &[String]) -> Vec<Problem> {
    let maps = MAPS
        .iter()
        .flat_map(|path| in_map(path, super::text(files, path), members));
    let readmes = members
        .iter()
        .filter(|member| *member != "xtask")
        .filter_map(|member| {
            let path = format!("{member}/README.md");
            super::text(files, &path)
                .is_empty()
                .then(|| format!("{path}: missing; it is the crate's documentation"))
        });
    maps.chain(readmes).chain(dead_links(files)).collect()
}

fn in_map(path: &str, map: &str, members: &[String]) -> Vec<Problem> {
    if map.is_empty() {
        return vec![format!("{path}: missing; it is a map of the crates")];
    }
    let unnamed = members
        .iter()
        .filter(|member| !map.contains(member.as_str()));
    let unnamed = unnamed.map(|member| format!("{path}: does not name {member}"));
    let unknown = named(map)
        .into_iter()
        .filter(|name| !members.contains(name));
    unnamed
        .chain(unknown.map(|name| format!("{path}: names {name}, which is not there")))
        .collect()
}

/// Every `crates/<name>` in a text.
fn named(map: &str) -> BTreeSet<String> {
    let places = map
        .match_indices("crates/")
        .map(|(at, word)| &map[at + word.len()..]);
    let names = places.map(|rest| {
        rest.split(|c: char| !c.is_ascii_lowercase() && c != '-')
            .next()
            .unwrap_or("")
    });
    names
        .filter(|name| !name.is_empty())
        .map(|name| format!("crates/{name}"))
        .collect()
}

fn dead_links(files: &[File]) -> Vec<Problem> {
    let documents = files.iter().filter(|file| file.has_extension("md"));
    documents
        .flat_map(|file| {
            let dead = links(&file.text).filter(|link| !leads_somewhere(files, &file.path, link));
            dead.map(move |link| format!("{}: the link {link} leads nowhere", file.path))
        })
        .collect()
}

/// The relative targets of a document's inline links, without their fragments.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text
        .match_indices("](")
        .filter_map(|(at, open)| text[at + open.len()..].split([')', ' ', '\n']).next());
    let local = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
    local
        .filter_map(|target| target.split('#').next())
        .filter(|path| !path.is_empty())
}

fn leads_somewhere(files: &[File], from: &str, link: &str) -> bool {
    let mut place = Vec::new();
    for part in Path::new(from)
        .parent()
        .unwrap_or(Path::new(""))
        .join(link)
        .components()
    {
        match part {
            Component::ParentDir => drop(place.pop()),
            Component::Normal(name) => place.push(name.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    let place = place.join("/");
    let folder = format!("{place}/");
    files
        .iter()
        .any(|file| file.path == place || file.path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn members() -> Vec<String> {
        ["crates/store", "xtask"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_complete_map_is_fine() {
        let map = "[store](crates/store) and `xtask/`";
        let files = [
            file("README.md", map),
            file("docs/architecture.md", "crates/store xtask"),
            file("crates/store/README.md", "x"),
        ];
        assert_eq!(check(&files, &members()), Vec::<Problem>::new());
    }

    #[test]
    fn missing_and_extra_crates_are_found() {
        let problems = in_map("README.md", "crates/queue, xtask", &members());
        assert_eq!(
            problems,
            [
                "README.md: does not name crates/store",
                "README.md: names crates/queue, which is not there"
            ]
        );
    }

    #[test]
    fn a_missing_map_and_a_missing_readme_are_found() {
        assert_eq!(check(&[], &members()).len(), 3);
    }

    #[test]
    fn a_dead_link_is_found() {
        let files = [
            file(
                "docs/a.md",
                "[b](b.md#there) [c](../README.md) [d](https://example.com) [e](../gone.md)",
            ),
            file("docs/b.md", ""),
            file("README.md", ""),
        ];
        assert_eq!(
            dead_links(&files),
            ["docs/a.md: the link ../gone.md leads nowhere"]
        );
    }
}
