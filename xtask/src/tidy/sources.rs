//! Rust files: each opens by saying what it is, stays short, and holds nothing half-done.

use super::{File, Problem};

const LONGEST: usize = 400;
/// What a longer file says near its top, followed by the reason.
const EXCUSE: &str = "//! tidy: long because ";
/// How far down the excuse may stand.
const TOP: usize = 20;

/// What code outside tests does without, and what to do instead. Taken apart so that neither this
/// check nor a search for them finds them here.
const FORBIDDEN: [([&str; 2], &str); 6] = [
    (["#[", "allow("], "write #[expect(…, reason = \"…\")]"),
    (["#![", "allow("], "write #![expect(…, reason = \"…\")]"),
    (["todo", "!("], "finish it"),
    (["unimplemented", "!("], "finish it"),
    (["dbg", "!("], "remove it, or log"),
    (
        [".unwrap", "()"],
        "return an error, or write .expect with what makes it impossible",
    ),
];

/// What no code does, tests least of all.
const IGNORE: [&str; 2] = ["#[", "ignore"];

pub(super) fn check(files: &[File]) -> Vec<Problem> {
    rust(files)
        .flat_map(|file| {
            [opening(file), length(file)]
                .into_iter()
                .flatten()
                .chain(unfinished(file))
        })
        .collect()
}

/// How long the files are, in a line.
pub(super) fn lengths(files: &[File]) -> String {
    let mut lengths: Vec<usize> = rust(files).map(|file| file.text.lines().count()).collect();
    lengths.sort_unstable();
    let at = |percent: usize| {
        lengths
            .get(lengths.len() * percent / 100)
            .or(lengths.last())
            .copied()
            .unwrap_or(0)
    };
    format!(
        "{} Rust files: half are under {} lines (aim: 120), nine in ten under {} (aim: 300), the longest has {}.",
        lengths.len(),
        at(50) + 1,
        at(90) + 1,
        lengths.last().unwrap_or(&0)
    )
}

fn rust(files: &[File]) -> impl Iterator<Item = &File> {
    files.iter().filter(|file| file.has_extension("rs"))
}

fn opening(file: &File) -> Option<Problem> {
    let says = file
        .text
        .strip_prefix("//! ")
        .is_some_and(|rest| !rest.starts_with('\n'));
    (!says).then(|| {
        format!(
            "{}:1: open the file with a `//!` line that says what it is",
            file.path
        )
    })
}

fn length(file: &File) -> Option<Problem> {
    let lines = file.text.lines().count();
    let excused = file
        .text
        .lines()
        .take(TOP)
        .any(|line| line.starts_with(EXCUSE));
    (lines > LONGEST && !excused).then(|| {
        format!(
            "{}: {lines} lines; is it still one idea? If so: `{EXCUSE}…`",
            file.path
        )
    })
}

fn unfinished(file: &File) -> Vec<Problem> {
    let tests_start = if is_test(&file.path) {
        0
    } else {
        tests_start(&file.text)
    };
    let code = file
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"));
    code.flat_map(|(index, line)| {
        let here = FORBIDDEN.iter().filter(move |_| index < tests_start);
        let anywhere = [(IGNORE, "a test runs or does not exist")];
        let found = here
            .copied()
            .chain(anywhere)
            .filter(|(word, _)| line.contains(&word.concat()));
        found.map(move |(word, advice)| {
            format!("{}:{}: `{}`: {advice}", file.path, index + 1, word.concat())
        })
    })
    .collect()
}

/// Whether the whole file is there for tests.
fn is_test(path: &str) -> bool {
    let folder = ["/tests/", "/benches/", "/examples/"]
        .iter()
        .any(|folder| path.contains(folder));
    folder || path.ends_with("/tests.rs") || path.starts_with("crates/testkit/")
}

/// The index of the line where a file's own tests begin; they stand last.
fn tests_start(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let pair = |pair: &[&str]| {
        pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    };
    lines.windows(2).position(pair).unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn with(word: [&str; 2]) -> String {
        format!("//! A.\nfn a() {{\n    {}\n}}\n", word.concat())
    }

    #[test]
    fn a_file_without_an_opening_line_is_found() {
        assert_eq!(check(&[file("crates/a/src/a.rs", "fn a() {}\n")]).len(), 1);
        assert_eq!(
            check(&[file("crates/a/src/a.rs", "//! \nfn a() {}\n")]).len(),
            1
        );
    }

    #[test]
    fn a_long_file_needs_a_reason() {
        let long = "//! A.\n".to_owned() + &"\n".repeat(LONGEST);
        assert_eq!(check(&[file("a.rs", &long)]).len(), 1);
        let excused = format!("//! A.\n{EXCUSE}it is a table.\n{long}");
        assert_eq!(check(&[file("a.rs", &excused)]), Vec::<Problem>::new());
    }

    #[test]
    fn every_forbidden_word_is_found_in_code_with_its_line() {
        for (word, _) in FORBIDDEN {
            let problems = check(&[file("crates/a/src/a.rs", &with(word))]);
            assert!(
                problems[0].starts_with("crates/a/src/a.rs:3: "),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn tests_may_unwrap_in_a_module_and_in_a_file_of_their_own() {
        let own = format!(
            "//! A.\n#[cfg(test)]\nmod tests {{\n    {}\n}}\n",
            FORBIDDEN[5].0.concat()
        );
        let files = [
            file("crates/a/src/a.rs", &own),
            file("crates/a/tests/a.rs", &with(FORBIDDEN[5].0)),
        ];
        assert_eq!(check(&files), Vec::<Problem>::new());
    }

    #[test]
    fn an_import_for_tests_does_not_open_the_rest_of_the_file() {
        let text = with(FORBIDDEN[5].0).replace("fn a", "#[cfg(test)]\nuse b;\nfn a");
        assert_eq!(check(&[file("crates/a/src/a.rs", &text)]).len(), 1);
    }

    #[test]
    fn no_test_is_ignored() {
        assert_eq!(
            check(&[file("crates/a/tests/a.rs", &with(IGNORE))]).len(),
            1
        );
    }

    #[test]
    fn comments_are_not_code() {
        let text = format!(
            "//! A.\n/// Like {}.\nfn a() {{}}\n",
            FORBIDDEN[5].0.concat()
        );
        assert_eq!(
            check(&[file("crates/a/src/a.rs", &text)]),
            Vec::<Problem>::new()
        );
    }
}
