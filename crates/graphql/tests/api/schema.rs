//! The schema as a document: what clients generate their code from.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{InputValueDefinition, TypeKind, TypeSystemDefinition};

/// `docs/schema.graphql` is written by `cargo xtask codegen`.
#[test]
fn the_schema_in_the_docs_is_the_schema() {
    let written = include_str!("../../../../docs/schema.graphql");
    assert!(
        laurel_graphql::sdl() == written,
        "run `cargo xtask codegen`"
    );
}

#[test]
fn every_type_field_and_argument_is_described() {
    let document = parse_schema(laurel_graphql::sdl()).expect("a schema");
    let mut places = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(Positioned { node: of, .. }) = definition else {
            continue;
        };
        let name = of.name.node.as_str();
        places.push((name.to_owned(), of.description.is_some()));
        let fields = match &of.kind {
            TypeKind::Object(object) => &object.fields[..],
            TypeKind::Interface(interface) => &interface.fields[..],
            TypeKind::InputObject(input) => {
                places.extend(inputs(&input.fields, name));
                continue;
            }
            TypeKind::Enum(of) => {
                let values = of.values.iter().map(|value| &value.node);
                places.extend(values.map(|value| {
                    (
                        format!("{name}.{}", value.value.node),
                        value.description.is_some(),
                    )
                }));
                continue;
            }
            TypeKind::Scalar | TypeKind::Union(_) => continue,
        };
        for field in fields {
            let place = format!("{name}.{}", field.node.name.node);
            places.extend(inputs(&field.node.arguments, &place));
            places.push((place, field.node.description.is_some()));
        }
    }
    let bare = places.into_iter().filter(|(_, described)| !described);
    let bare: Vec<String> = bare.map(|(place, _)| place).collect();
    assert_eq!(bare, [""; 0]);
}

/// Where each input stands, and whether it is described.
fn inputs(inputs: &[Positioned<InputValueDefinition>], of: &str) -> Vec<(String, bool)> {
    let input = |input: &Positioned<InputValueDefinition>| {
        let place = format!("{of}({})", input.node.name.node);
        (place, input.node.description.is_some())
    };
    inputs.iter().map(input).collect()
}
