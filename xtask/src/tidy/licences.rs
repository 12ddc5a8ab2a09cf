//! Everything that we link may be passed on under MIT or Apache-2.0.

use cargo_metadata::Metadata;

use super::Problem;

/// Licences that ask for no more than their text to be kept.
const FINE: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

pub(super) fn check(metadata: &Metadata) -> Vec<Problem> {
    let problems = metadata.packages.iter().filter_map(|package| {
        let licence = package.license.as_deref().unwrap_or("none");
        (!is_fine(licence)).then(|| format!("Cargo.lock: {} is under {licence}, which is not on the list (xtask/src/tidy/licences.rs)", package.name))
    });
    problems.collect()
}

/// Whether an SPDX expression leaves a choice among ours: one side of an `OR`, every side of an `AND`.
/// An expression in parentheses is taken as all of its parts; `/` is an old way to write `OR`.
fn is_fine(expression: &str) -> bool {
    if expression.contains('(') {
        return expression
            .replace(['(', ')'], "")
            .replace(" OR ", " AND ")
            .split(" AND ")
            .all(listed);
    }
    expression
        .replace('/', " OR ")
        .split(" OR ")
        .any(|choice| choice.split(" AND ").all(listed))
}

fn listed(licence: &str) -> bool {
    FINE.contains(&licence.trim())
}

#[cfg(test)]
mod tests {
    use super::is_fine;

    #[test]
    fn one_choice_of_several_is_enough() {
        assert!(is_fine("MIT OR Apache-2.0"));
        assert!(is_fine("Unlicense/MIT"));
        assert!(is_fine("GPL-3.0 OR MIT"));
    }

    #[test]
    fn every_part_of_a_sum_counts() {
        assert!(is_fine("Apache-2.0 AND ISC"));
        assert!(!is_fine("MIT AND GPL-3.0"));
        assert!(is_fine("(MIT OR Apache-2.0) AND Unicode-3.0"));
    }

    #[test]
    fn copyleft_and_no_licence_are_found() {
        assert!(!is_fine("AGPL-3.0-only"));
        assert!(!is_fine("none"));
    }
}
