//! Arrows between crates point down, as `docs/architecture.md` draws them. A new arrow is a decision:
//! it is added to the table here, and the commit gives the reason.

use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};

use super::Problem;

/// What a crate may use: which of ours, and which of the foreign crates that are kept to few homes.
struct Home {
    folder: &'static str,
    ours: &'static [&'static str],
    foreign: &'static [&'static str],
}

const HOMES: &[Home] = &[
    Home {
        folder: "crates/payloads",
        ours: &[],
        foreign: &[],
    },
    Home {
        folder: "crates/settings",
        ours: &[],
        foreign: &[],
    },
    Home {
        folder: "crates/store",
        ours: &["payloads"],
        foreign: &["sea-orm"],
    },
    Home {
        folder: "crates/dispatch",
        ours: &["payloads", "store"],
        foreign: &[],
    },
    Home {
        folder: "crates/ingest",
        ours: &["payloads", "store"],
        foreign: &["axum"],
    },
    Home {
        folder: "crates/graphql",
        ours: &["payloads", "store"],
        foreign: &["async-graphql", "axum"],
    },
    Home {
        folder: "crates/notify",
        ours: &["payloads", "store", "dispatch"],
        foreign: &["axum", "lettre", "minijinja"],
    },
    Home {
        folder: "crates/masivo-api",
        ours: &["payloads", "settings", "store", "dispatch"],
        foreign: &["clap", "sea-orm", "sea-orm-migration"],
    },
    Home {
        folder: "crates/simulator",
        ours: &["payloads"],
        foreign: &[],
    },
    Home {
        folder: "crates/laurel",
        ours: &[
            "payloads",
            "store",
            "dispatch",
            "ingest",
            "graphql",
            "masivo-api",
            "notify",
            "settings",
            "simulator",
            "migrations",
        ],
        foreign: &[
            "anyhow",
            "async-graphql",
            "axum",
            "clap",
            "sea-orm-migration",
        ],
    },
    Home {
        folder: "crates/testkit",
        ours: &[
            "payloads",
            "store",
            "dispatch",
            "ingest",
            "graphql",
            "notify",
            "simulator",
            "migrations",
            "laurel",
        ],
        foreign: &["async-graphql", "axum", "sea-orm"],
    },
    Home {
        folder: "migrations",
        ours: &[],
        foreign: &["sea-orm-migration"],
    },
    Home {
        folder: "xtask",
        ours: &[],
        foreign: &["anyhow", "clap"],
    },
    Home {
        folder: "xtask/bench",
        ours: &["payloads", "simulator", "store"],
        foreign: &["anyhow", "axum", "clap", "sea-orm"],
    },
];

/// What tests may use besides.
const TESTKIT: &str = "testkit";

/// Signs of I/O, none of which the vocabulary may bring along.
const IO: [&str; 7] = [
    "hyper",
    "lettre",
    "libsqlite3-sys",
    "mio",
    "rustls",
    "sqlx-core",
    "tokio",
];

/// A dependency as a manifest declares it.
#[derive(Clone, Copy)]
struct Arrow<'a> {
    from: &'a str,
    /// The package's name, without our `laurel-`.
    to: &'a str,
    ours: bool,
    for_tests: bool,
}

pub(super) fn check(metadata: &Metadata) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in metadata.workspace_packages() {
        let from = folder(metadata, package);
        if !HOMES.iter().any(|home| home.folder == from) {
            problems.push(format!(
                "{from}: a crate without a line in xtask/src/tidy/arrows.rs"
            ));
        }
        let arrows = package.dependencies.iter().map(|dependency| Arrow {
            from: &from,
            to: dependency
                .name
                .strip_prefix("laurel-")
                .unwrap_or(&dependency.name),
            ours: dependency.path.is_some(),
            for_tests: dependency.kind == DependencyKind::Development,
        });
        problems.extend(arrows.filter_map(refuse));
    }
    problems.extend(io_in_payloads(metadata));
    problems
}

/// The folders of the workspace's packages, from the root.
pub(super) fn members(metadata: &Metadata) -> Vec<String> {
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| folder(metadata, package))
        .collect()
}

fn folder(metadata: &Metadata, package: &Package) -> String {
    let folder = package
        .manifest_path
        .parent()
        .and_then(|path| path.strip_prefix(&metadata.workspace_root).ok());
    folder
        .map(|path| path.as_str().replace('\\', "/"))
        .unwrap_or_default()
}

fn refuse(arrow: Arrow) -> Option<Problem> {
    let Arrow {
        from,
        to,
        ours,
        for_tests,
    } = arrow;
    let home = HOMES.iter().find(|home| home.folder == from)?;
    if ours {
        let allowed = home.ours.contains(&to) || (for_tests && to == TESTKIT);
        return (!allowed).then(|| {
            format!("{from}: may not use `{to}`; arrows point down (xtask/src/tidy/arrows.rs)")
        });
    }
    let kept = HOMES.iter().any(|home| home.foreign.contains(&to));
    let allowed = for_tests || !kept || home.foreign.contains(&to);
    (!allowed).then(|| format!("{from}: `{to}` is kept to its homes (xtask/src/tidy/arrows.rs)"))
}

/// Everything that payloads is built from, looked through for I/O.
fn io_in_payloads(metadata: &Metadata) -> Vec<Problem> {
    let names: Vec<&str> = closure(metadata, "laurel-payloads")
        .iter()
        .map(|id| metadata[id].name.as_str())
        .collect();
    io_among(&names)
}

fn io_among(names: &[&str]) -> Vec<Problem> {
    let found = names.iter().filter(|name| IO.contains(name));
    found
        .map(|name| format!("crates/payloads: brings `{name}` along; the vocabulary does no I/O"))
        .collect()
}

/// The packages that `name` is built from, tests left out.
fn closure<'a>(metadata: &'a Metadata, name: &str) -> Vec<&'a PackageId> {
    let nodes = metadata
        .resolve
        .as_ref()
        .map_or(&[][..], |resolve| &resolve.nodes);
    let named = metadata
        .packages
        .iter()
        .find(|package| package.name == name);
    let mut seen: Vec<&PackageId> = named.map(|package| &package.id).into_iter().collect();
    let mut next = 0;
    while let Some(id) = seen.get(next).copied() {
        next += 1;
        let used = nodes
            .iter()
            .filter(|node| node.id == *id)
            .flat_map(|node| &node.deps);
        for dependency in used.filter(|used| {
            used.dep_kinds
                .iter()
                .any(|kind| kind.kind == DependencyKind::Normal)
        }) {
            if !seen.contains(&&dependency.pkg) {
                seen.push(&dependency.pkg);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(from: &str, to: &str, ours: bool, for_tests: bool) -> bool {
        refuse(Arrow {
            from,
            to,
            ours,
            for_tests,
        })
        .is_some()
    }

    #[test]
    fn an_arrow_down_is_fine_and_one_up_is_not() {
        assert!(!refused("crates/dispatch", "store", true, false));
        assert!(refused("crates/store", "dispatch", true, false));
    }

    #[test]
    fn ingest_graphql_and_notify_never_see_one_another() {
        let three = ["ingest", "graphql", "notify"];
        for (from, to) in three.iter().flat_map(|from| three.map(|to| (from, to))) {
            assert!(
                refused(&format!("crates/{from}"), to, true, false),
                "{from} → {to}"
            );
        }
    }

    #[test]
    fn tests_may_use_the_testkit_and_nothing_else_above() {
        assert!(!refused("crates/store", "testkit", true, true));
        assert!(refused("crates/store", "testkit", true, false));
        assert!(refused("crates/store", "laurel", true, true));
    }

    #[test]
    fn xtask_uses_none_of_ours() {
        assert!(refused("xtask", "payloads", true, false));
    }

    #[test]
    fn sea_orm_stays_in_the_store() {
        assert!(!refused("crates/store", "sea-orm", false, false));
        assert!(refused("crates/graphql", "sea-orm", false, false));
        assert!(!refused("crates/graphql", "serde", false, false));
    }

    #[test]
    fn io_below_the_vocabulary_is_found() {
        assert_eq!(io_among(&["serde", "tokio"]).len(), 1);
    }
}
