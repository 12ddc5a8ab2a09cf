//! What clients were promised, judged by GraphQL Inspector: `docs/schema.promised.graphql` is the schema of the last release,
//! and what was in it stays.

use super::{node, root, verdict};

/// What of `new` breaks a client of `old`.
fn broken(old: &str, new: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let [before, after] = [("old", old), ("new", new)].map(|(name, sdl)| {
        let file = folder.path().join(name);
        std::fs::write(&file, sdl).unwrap();
        file
    });
    let mut diff = node("diff_schemas.cjs");
    diff.args([before, after]);
    serde_json::from_slice(&verdict(diff, "")).unwrap()
}

fn promised() -> String {
    std::fs::read_to_string(root("docs/schema.promised.graphql")).unwrap()
}

#[test]
fn the_schema_keeps_what_was_promised() {
    let broken = broken(&promised(), &laurel_graphql::sdl());
    assert_eq!(
        broken, [""; 0],
        "clients would break: deprecate instead, or, with a release that says so, take docs/schema.graphql as \
         docs/schema.promised.graphql"
    );
}

#[test]
fn a_schema_that_breaks_a_client_is_found() {
    let promised = promised();
    for (before, after) in [
        // A field, an argument, a value and an interface that are gone.
        ("\tcustomerId: ID!\n", "\tcustomerNumber: ID!\n"),
        (
            "\n\t\tfilter: HistoryFilter\n",
            "\n\t\twhich: HistoryFilter\n",
        ),
        ("\n\tTIER_DOWNGRADE\n", "\n\tTIER_FALL\n"),
        ("type Customer implements Node {", "type Customer {"),
        // A type that is another, or may be null; an argument that must be given.
        ("\tisAnonymous: Boolean!", "\tisAnonymous: String!"),
        ("\tisAnonymous: Boolean!", "\tisAnonymous: Boolean"),
        (
            "\n\t\tfilter: HistoryFilter\n",
            "\n\t\tfilter: HistoryFilter!\n",
        ),
    ] {
        assert!(promised.contains(before), "{before}");
        let broken = broken(&promised, &promised.replacen(before, after, 1));
        assert_eq!(broken.len(), 1, "{before} to {after}: {broken:?}");
    }
    for (before, after) in [
        // What is new, what is more certain, and what goes after it was deprecated.
        (
            "\tisAnonymous: Boolean!",
            "\tisAnonymous: Boolean!\n\tnew: Int",
        ),
        (
            "\n\t\tfilter: HistoryFilter\n",
            "\n\t\tfilter: HistoryFilter\n\t\tmore: Int\n",
        ),
        ("\tname: String\n", "\tname: String!\n"),
    ] {
        assert!(promised.contains(before), "{before}");
        let broken = broken(&promised, &promised.replacen(before, after, 1));
        assert_eq!(broken, [""; 0], "{before} to {after}");
    }
    let deprecated = promised.replacen(
        "\tisAnonymous: Boolean!",
        "\tisAnonymous: Boolean! @deprecated(reason: \"another\")",
        1,
    );
    let gone = promised.replacen("\tisAnonymous: Boolean!", "\tisUnknown: Boolean!", 1);
    assert_eq!(broken(&deprecated, &gone), [""; 0]);
}
