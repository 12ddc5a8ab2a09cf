//! What the lock file may pin: one sqlx, no SQLite older than the one we tested, and in the default
//! graph one provider of TLS (ring) and one HTTP client (hyper).

use std::collections::BTreeSet;

use cargo_metadata::Metadata;

use super::Problem;

/// A crate on sqlx 0.8 slides `libsqlite3-sys` back below this without a word.
const OLDEST_SQLITE: (u64, u64) = (0, 37);

/// Packages that must not be built by default, and what to use.
const REFUSED: [(&str, &str); 7] = [
    ("openssl", "use rustls with ring"),
    ("openssl-sys", "use rustls with ring"),
    ("native-tls", "use rustls with ring"),
    ("aws-lc-rs", "use rustls with ring"),
    ("aws-lc-sys", "use rustls with ring"),
    ("reqwest", "use hyper-util with hyper-rustls"),
    ("rsa", "sign with ring; rsa has an open advisory"),
];

/// `lock` is the text of Cargo.lock.
pub(super) fn check_versions(lock: &str) -> Vec<Problem> {
    let packages = packages(lock);
    let sqlx: BTreeSet<_> = packages
        .iter()
        .filter(|(name, _)| *name == "sqlx-core")
        .map(|(_, version)| version)
        .collect();
    let sqlite: Vec<_> = packages
        .iter()
        .filter(|(name, _)| *name == "libsqlite3-sys")
        .map(|(_, version)| *version)
        .collect();
    let mut problems = Vec::new();
    if sqlx.len() != 1 {
        problems.push(format!(
            "Cargo.lock: one sqlx-core is wanted, these are there: {sqlx:?}"
        ));
    }
    if sqlite.is_empty() || sqlite.iter().any(|version| older(version)) {
        problems.push(format!(
            "Cargo.lock: libsqlite3-sys of at least 0.37 is wanted, these are there: {sqlite:?}"
        ));
    }
    problems
}

pub(super) fn check_default_graph(metadata: &Metadata) -> Vec<Problem> {
    refused(
        metadata
            .packages
            .iter()
            .map(|package| package.name.as_str()),
    )
}

fn refused<'a>(packages: impl Iterator<Item = &'a str>) -> Vec<Problem> {
    let found = packages.filter_map(|name| REFUSED.iter().find(|(refused, _)| *refused == name));
    found
        .map(|(name, advice)| {
            format!("Cargo.lock: {name} is in the default graph (cargo tree -i {name}): {advice}")
        })
        .collect()
}

/// Names and versions; cargo writes them on two lines that follow one another.
fn packages(lock: &str) -> Vec<(&str, &str)> {
    let lines: Vec<&str> = lock.lines().collect();
    let pairs = lines
        .windows(2)
        .filter_map(|pair| Some((value(pair[0], "name")?, value(pair[1], "version")?)));
    pairs.collect()
}

fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?
        .strip_prefix(" = \"")?
        .strip_suffix('"')
}

fn older(version: &str) -> bool {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) < OLDEST_SQLITE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        let entry = |(name, version)| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n")
        };
        packages.iter().copied().map(entry).collect()
    }

    #[test]
    fn one_sqlx_on_a_new_sqlite_is_fine() {
        let lock = lock(&[("libsqlite3-sys", "0.37.0"), ("sqlx-core", "0.9.0")]);
        assert_eq!(check_versions(&lock), Vec::<Problem>::new());
    }

    #[test]
    fn a_second_sqlx_is_found() {
        let lock = lock(&[
            ("libsqlite3-sys", "0.37.0"),
            ("sqlx-core", "0.8.6"),
            ("sqlx-core", "0.9.0"),
        ]);
        assert_eq!(check_versions(&lock).len(), 1);
    }

    #[test]
    fn an_older_sqlite_is_found() {
        let lock = lock(&[("libsqlite3-sys", "0.30.1"), ("sqlx-core", "0.9.0")]);
        assert_eq!(check_versions(&lock).len(), 1);
    }

    #[test]
    fn a_lock_file_without_either_is_found() {
        assert_eq!(check_versions("").len(), 2);
    }

    #[test]
    fn a_second_tls_is_found() {
        let problems = refused(["serde", "openssl"].into_iter());
        assert_eq!(
            problems,
            [
                "Cargo.lock: openssl is in the default graph (cargo tree -i openssl): use rustls with ring"
            ]
        );
    }
}
