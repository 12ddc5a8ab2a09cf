//! Every test that `docs/bad-inputs.md` names exists, and every row names one or says that it is not built.

use super::{File, Problem};

const PAGE: &str = "docs/bad-inputs.md";
/// What a row says in the place of a test.
const MISSING: &str = "not built";

pub(super) fn check(files: &[File]) -> Vec<Problem> {
    let page = super::text(files, PAGE);
    if page.is_empty() {
        return vec![format!(
            "{PAGE}: missing; it is the map of the tests of bad inputs"
        )];
    }
    let mut known = std::collections::BTreeSet::new();
    let rows = rows(page).flat_map(|(id, tests)| {
        let again = (!known.insert(id)).then(|| format!("{PAGE}: {id} stands there twice"));
        again.into_iter().chain(in_row(files, id, tests))
    });
    rows.collect()
}

/// The id of each row of the tables, and its last cell.
fn rows(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
        let id = cells.next()?;
        let numbered = id.starts_with(['A', 'B', 'C', 'D', 'E']) && id[1..].parse::<u32>().is_ok();
        numbered.then(|| (id, cells.last().unwrap_or_default()))
    })
}

fn in_row(files: &[File], id: &str, tests: &str) -> Vec<Problem> {
    // Every second part stands between backquotes.
    let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
    if named.is_empty() && !tests.contains(MISSING) {
        return vec![format!("{PAGE}: {id} names no test")];
    }
    let gone = named.iter().filter(|test| !exists(files, test));
    gone.map(|test| format!("{PAGE}: {id} names {test}, which is not there"))
        .collect()
}

/// Whether a crate has a function of this name: `ingest::a1_anything_but_post_is_refused`.
fn exists(files: &[File], test: &str) -> bool {
    let Some((package, function)) = test.split_once("::") else {
        return false;
    };
    let folder = format!("crates/{package}/");
    let definition = format!("fn {function}(");
    files
        .iter()
        .any(|file| file.path.starts_with(&folder) && file.text.contains(&definition))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::file;

    fn problems(row: &str) -> Vec<Problem> {
        let page = format!("# Bad inputs\n| row | input | tests |\n| --- | --- | --- |\n{row}\n");
        let test = file(
            "crates/ingest/tests/a.rs",
            "async fn a1_is_refused(x: X) {}",
        );
        check(&[file(PAGE, &page), test])
    }

    #[test]
    fn a_test_that_exists_is_fine_and_so_is_an_honest_gap() {
        for row in [
            "| A1 | x \\| y | `ingest::a1_is_refused` |",
            "| C1 | x | not built: later |",
        ] {
            assert_eq!(problems(row), Vec::<Problem>::new());
        }
    }

    #[test]
    fn what_is_not_there_is_found() {
        for (row, expected) in [
            (
                "| A1 | x | `ingest::a1_is` |",
                "A1 names ingest::a1_is, which is not there",
            ),
            (
                "| A1 | x | `store::a1_is_refused` |",
                "A1 names store::a1_is_refused, which is not there",
            ),
            ("| B2 | x | soon |", "B2 names no test"),
            (
                "| A1 | x | `ingest::a1_is_refused` |\n| A1 | y | not built |",
                "A1 stands there twice",
            ),
        ] {
            assert_eq!(problems(row), [format!("{PAGE}: {expected}")]);
        }
        assert_eq!(check(&[]).len(), 1);
    }
}
