//! Words that no tracked file may hold: folders of somebody's machine and hosts of registries, which
//! mean nothing to the next reader and break on the next machine.

use super::{File, Problem};

/// Folders at a machine's root where people work.
const FOLDERS: [&str; 4] = ["home", "root", "work", "Users"];

/// Hosts, taken apart so that this file does not hold them itself.
const HOSTS: [[&str; 2]; 6] = [
    ["static.crates", "io"],
    ["index.crates", "io"],
    ["pypi", "org"],
    ["pythonhosted", "org"],
    ["registry.npmjs", "org"],
    ["deb.debian", "org"],
];

pub(super) fn check(files: &[File]) -> Vec<Problem> {
    let words: Vec<String> = FOLDERS
        .iter()
        .map(|folder| format!("/{folder}/"))
        .chain(HOSTS.iter().map(|parts| parts.join(".")))
        .collect();
    let written_by_hand = files.iter().filter(|file| file.path != "Cargo.lock");
    written_by_hand
        .flat_map(|file| in_file(file, &words))
        .collect()
}

fn in_file(file: &File, words: &[String]) -> Vec<Problem> {
    let lines = file.text.lines().zip(1..);
    lines
        .flat_map(|(line, number)| {
            let found = words.iter().filter(|word| line.contains(word.as_str()));
            found.map(move |word| {
                format!(
                    "{}:{number}: `{word}` belongs to one machine or registry",
                    file.path
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    #[test]
    fn a_path_of_one_machine_is_found_with_its_line() {
        let folder = FOLDERS[0];
        let problems = check(&[file("docs/a.md", &format!("fine\ncd /{folder}/x\n"))]);
        assert!(problems[0].starts_with("docs/a.md:2: "), "{problems:?}");
    }

    #[test]
    fn a_registry_host_is_found() {
        assert_eq!(
            check(&[file(
                "a.yml",
                &format!("url: https://{}/simple", HOSTS[2].join("."))
            )])
            .len(),
            1
        );
    }

    #[test]
    fn ordinary_text_is_fine() {
        assert_eq!(
            check(&[file("a.md", "the networking is at work")]),
            Vec::<Problem>::new()
        );
    }
}
