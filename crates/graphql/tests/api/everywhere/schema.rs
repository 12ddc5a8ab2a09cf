//! The schema as the tests walk it: read from its own text, so that nothing is left out.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use serde_json::{Value, json};

pub(super) struct Schema(BTreeMap<String, TypeDefinition>);

impl Schema {
    pub(super) fn read() -> Self {
        let document = parse_schema(laurel_graphql::sdl()).unwrap();
        let types = document
            .definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => {
                    let definition = definition.node;
                    Some((definition.name.node.to_string(), definition))
                }
                _ => None,
            });
        Self(types.collect())
    }

    /// Every place where a client can put a text: `Query.customer(id)`, `HistoryFilter.rewardId`.
    pub(super) fn texts(&self) -> BTreeSet<String> {
        let mut places = BTreeSet::new();
        for (name, definition) in &self.0 {
            match &definition.kind {
                TypeKind::Object(object) => {
                    for field in &object.fields {
                        let arguments =
                            field.node.arguments.iter().filter(|one| is_text(&one.node));
                        places.extend(arguments.map(|one| {
                            format!("{name}.{}({})", field.node.name.node, one.node.name.node)
                        }));
                    }
                }
                TypeKind::InputObject(object) => {
                    let members = object.fields.iter().filter(|one| is_text(&one.node));
                    places.extend(members.map(|one| format!("{name}.{}", one.node.name.node)));
                }
                _ => {}
            }
        }
        places
    }

    /// The fields of an object or of an interface.
    pub(super) fn fields(&self, name: &str) -> Vec<&FieldDefinition> {
        let fields = match self.0.get(name).map(|definition| &definition.kind) {
            Some(TypeKind::Object(object)) => &object.fields,
            Some(TypeKind::Interface(interface)) => &interface.fields,
            _ => return Vec::new(),
        };
        fields.iter().map(|field| &field.node).collect()
    }

    /// The objects, and the fields of each, in the order of their names.
    pub(super) fn objects_and_fields(&self) -> impl Iterator<Item = (&str, &FieldDefinition)> {
        let objects = self.0.iter().filter_map(|(name, of)| match &of.kind {
            TypeKind::Object(object) => Some((name.as_str(), object)),
            _ => None,
        });
        objects
            .flat_map(|(name, object)| object.fields.iter().map(move |field| (name, &field.node)))
    }

    /// The objects that a value of this type can be.
    pub(super) fn objects(&self, name: &str) -> Vec<&str> {
        let implements = |definition: &TypeDefinition| match &definition.kind {
            TypeKind::Object(object) => object.implements.iter().any(|one| one.node == name),
            _ => false,
        };
        match self.0.get(name).map(|definition| &definition.kind) {
            Some(TypeKind::Interface(_)) => {
                let all = self
                    .0
                    .iter()
                    .filter(|(_, definition)| implements(definition));
                all.map(|(name, _)| name.as_str()).collect()
            }
            Some(TypeKind::Object(_)) => self
                .0
                .get_key_value(name)
                .map(|(name, _)| name.as_str())
                .into_iter()
                .collect(),
            Some(TypeKind::Union(_)) => panic!("teach this test about unions: {name}"),
            _ => Vec::new(),
        }
    }

    /// A value of an input type, as small as it may be.
    pub(super) fn example(&self, name: &str) -> Value {
        match self.0.get(name).map(|definition| &definition.kind) {
            Some(TypeKind::InputObject(object)) => {
                let members = object.fields.iter().map(|member| &member.node);
                let needed = members.filter(|member| !member.ty.node.nullable);
                let needed = needed.map(|member| {
                    (
                        member.name.node.to_string(),
                        self.example(base(&member.ty.node)),
                    )
                });
                Value::Object(needed.collect())
            }
            Some(TypeKind::Enum(values)) => json!(values.values[0].node.value.node.as_str()),
            _ => match name {
                "ID" | "String" => json!("unknown"),
                "Boolean" => json!(false),
                "Int" => json!(1),
                _ => panic!("teach this test what a {name} looks like"),
            },
        }
    }
}

/// The name of a type, lists and nulls left aside.
pub(super) fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base(inner),
    }
}

fn is_text(value: &InputValueDefinition) -> bool {
    matches!(base(&value.ty.node), "ID" | "String" | "JSON")
}
