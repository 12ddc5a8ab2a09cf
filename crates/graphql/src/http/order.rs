//! Puts the fields of an answer into the order in which they were asked for (GraphQL, "Serialized Map Ordering").
//!
//! The engine (7.2.1) writes them in the order in which their resolvers are done.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};

use crate::guard::PRESENCE;

/// The order of an object's fields, and that of what is in them.
#[derive(Debug, Default)]
pub(crate) struct Order(Vec<(Name, Order)>);

impl Order {
    /// The order that a document's one operation asks for. The document has been measured: it is neither deep nor wide,
    /// and no fragment spreads itself.
    pub(crate) fn of(document: &ExecutableDocument) -> Self {
        let operations = document.operations.iter();
        let sets: Vec<&SelectionSet> = operations
            .map(|(_, operation)| &operation.node.selection_set.node)
            .collect();
        Self::of_sets(document, &sets)
    }

    /// One field may be asked for several times: it stands where it stood first, with all that is wanted of it.
    fn of_sets(document: &ExecutableDocument, sets: &[&SelectionSet]) -> Self {
        let mut fields = IndexMap::new();
        for set in sets {
            collect(document, set, &mut fields);
        }
        let fields = fields.into_iter();
        Self(
            fields
                .map(|(key, sets)| (key.clone(), Self::of_sets(document, &sets)))
                .collect(),
        )
    }

    /// How many fields are asked for, side by side.
    pub(crate) fn width(&self) -> usize {
        self.0.len()
    }

    /// The same value with its fields in this order.
    pub(crate) fn apply(&self, value: Value) -> Value {
        match value {
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| self.apply(item)).collect())
            }
            // What a scalar holds keeps its own order: nothing was asked for within it.
            Value::Object(mut fields) if !self.0.is_empty() => {
                let mut ordered = IndexMap::with_capacity(fields.len());
                for (key, order) in &self.0 {
                    if let Some(value) = fields.swap_remove(key) {
                        ordered.insert(key.clone(), order.apply(value));
                    }
                }
                fields.swap_remove(PRESENCE);
                ordered.extend(fields);
                Value::Object(ordered)
            }
            other => other,
        }
    }
}

/// Notes what a selection set asks for, whatever the type of the object will be: what does not apply is not there.
fn collect<'a>(
    document: &'a ExecutableDocument,
    set: &'a SelectionSet,
    fields: &mut IndexMap<&'a Name, Vec<&'a SelectionSet>>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if field.node.response_key().node == PRESENCE => {}
            Selection::Field(field) => {
                let wanted = fields.entry(&field.node.response_key().node).or_default();
                wanted.push(&field.node.selection_set.node);
            }
            Selection::InlineFragment(inline) => {
                collect(document, &inline.node.selection_set.node, fields);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, fields);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::value;

    use super::*;

    #[test]
    fn fields_come_as_they_were_asked_for() {
        let query = "{ b { y ...F x } a: c d } fragment F on T { z ... on U { w } }";
        let document = parse_query(query).expect("a query");
        let done = value!({ "d": { "free": 1, "form": 2 }, "a": 1, "b": [{ "x": 1, "w": 2, "z": 3, "y": 4 }, null] });
        let ordered = Order::of(&document).apply(done);
        let json = serde_json::to_string(&ordered).expect("JSON");
        assert_eq!(
            json,
            r#"{"b":[{"y":4,"z":3,"w":2,"x":1},null],"a":1,"d":{"free":1,"form":2}}"#
        );
    }
}
