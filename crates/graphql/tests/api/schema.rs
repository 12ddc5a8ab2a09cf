//! The schema as a document: what clients generate their code from.

/// `docs/schema.graphql` is written by `cargo xtask codegen`.
#[test]
fn the_schema_in_the_docs_is_the_schema() {
    let written = include_str!("../../../../docs/schema.graphql");
    assert!(
        laurel_graphql::sdl() == written,
        "run `cargo xtask codegen`"
    );
}
