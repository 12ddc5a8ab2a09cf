//! Words that no tracked file may hold: folders of somebody's machine, and the addresses that npm writes into a lock
//! file, which mean nothing to the next reader and break on the next machine.

use super::{File, Problem};

/// Folders at a machine's root where people work.
const FOLDERS: [&str; 4] = ["home", "root", "work", "Users"];

/// Where a package came from, on the machine that locked it; its name, version and digest suffice to find it.
const ADDRESS: &str = "\"resolved\":";

pub(super) fn check(files: &[File]) -> Vec<Problem> {
    let folders: Vec<String> = FOLDERS.iter().map(|folder| format!("/{folder}/")).collect();
    let addresses = [ADDRESS.to_owned()];
    let found = files.iter().map(|file| {
        if file.path.ends_with("package-lock.json") {
            in_file(file, &addresses)
        } else if file.path == "Cargo.lock" {
            Vec::new()
        } else {
            in_file(file, &folders)
        }
    });
    found.flatten().collect()
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
    fn an_address_in_a_lock_file_is_found() {
        let lock = |text: &str| check(&[file("judges/package-lock.json", text)]).len();
        assert_eq!(lock("\"resolved\": \"https://packages.example/a.tgz\""), 1);
        assert_eq!(lock("\"version\": \"1.0.0\""), 0);
    }

    #[test]
    fn ordinary_text_is_fine() {
        assert_eq!(
            check(&[file("a.md", "the networking is at work")]),
            Vec::<Problem>::new()
        );
    }
}
