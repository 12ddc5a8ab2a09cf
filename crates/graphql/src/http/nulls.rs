//! Null where a field failed, and where null may not be, in the nearest place above it where it may (GraphQL, "Handling
//! Execution Errors").
//!
//! The engine (7.2.1) leaves a field that failed out of its object, whatever its type, and an object of which all fields
//! failed is null to it.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Response, Value};

use crate::guard::Shape;

/// Puts the nulls of an answer where they belong.
pub(crate) fn settle(answer: &mut Response, document: &ExecutableDocument, shape: &Shape) {
    let failed = answer.errors.iter().map(|error| error.path.as_slice());
    let failed: Vec<(&[PathSegment], Vec<bool>)> = failed
        .filter(|path| !path.is_empty())
        .filter_map(|path| Some((path, nullable(document, shape, path)?)))
        .collect();
    // First what may be null by itself: what then fails above it takes it along.
    for (path, may) in &failed {
        if may.last() == Some(&true) && !put(&mut answer.data, path, true) {
            rise(&mut answer.data, path, may);
        }
    }
    for (path, may) in &failed {
        if may.last() == Some(&false) {
            rise(&mut answer.data, path, may);
        }
    }
}

/// Null in the last place of a path that is there and may be null.
fn rise(data: &mut Value, path: &[PathSegment], may: &[bool]) {
    let there = (0..path.len())
        .rev()
        .any(|last| may[last] && put(data, &path[..=last], false));
    if !there {
        *data = Value::Null;
    }
}

/// Writes null at a path; objects that are missing on the way there are made where `make` says so. False where there is no
/// such place.
fn put(data: &mut Value, path: &[PathSegment], make: bool) -> bool {
    let Some((last, way)) = path.split_last() else {
        return false;
    };
    let mut place = data;
    for (step, next) in way.iter().zip(&path[1..]) {
        let an_object = make && matches!(next, PathSegment::Field(_));
        let Some(found) = at(place, step, an_object) else {
            return false;
        };
        place = found;
    }
    match (place, last) {
        (Value::Object(fields), PathSegment::Field(key)) => {
            fields.insert(Name::new(key), Value::Null);
            true
        }
        (Value::List(items), PathSegment::Index(index)) => items
            .get_mut(*index)
            .map(|item| *item = Value::Null)
            .is_some(),
        _ => false,
    }
}

/// The value at the next step; an object is made of it where there is none and `make` says so.
fn at<'a>(place: &'a mut Value, step: &PathSegment, make: bool) -> Option<&'a mut Value> {
    let found = match (place, step) {
        (Value::Object(fields), PathSegment::Field(key)) => {
            if make && !fields.contains_key(key.as_str()) {
                fields.insert(Name::new(key), Value::Null);
            }
            fields.get_mut(key.as_str())
        }
        (Value::List(items), PathSegment::Index(index)) => items.get_mut(*index),
        _ => None,
    }?;
    if make && *found == Value::Null {
        *found = Value::Object(IndexMap::new());
    }
    Some(found)
}

/// Whether null may be in each place along a path. None where the path is not one of this document.
fn nullable(
    document: &ExecutableDocument,
    shape: &Shape,
    path: &[PathSegment],
) -> Option<Vec<bool>> {
    let (_, operation) = document.operations.iter().next()?;
    let root = Name::new(match operation.node.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    });
    let set = &operation.node.selection_set.node;
    let mut sets = vec![(root, set)];
    let mut items: Option<&BaseType> = None;
    let mut may = Vec::with_capacity(path.len());
    for step in path {
        let r#type: &Type = match (step, items) {
            (PathSegment::Index(_), Some(BaseType::List(item))) => item.as_ref(),
            (PathSegment::Index(_), _) => return None,
            (PathSegment::Field(key), _) => {
                let mut found = Vec::new();
                for (r#type, set) in &sets {
                    select(document, shape, (r#type, set), key, &mut found);
                }
                let (r#type, ..) = *found.first()?;
                let found = found.into_iter();
                sets = found.map(|(_, of, set)| (of.clone(), set)).collect();
                r#type
            }
        };
        may.push(r#type.nullable);
        items = Some(&r#type.base);
    }
    Some(may)
}

/// The fields that are shown under a key: the type of each, what it is a list of, and what is asked of it.
fn select<'a>(
    document: &'a ExecutableDocument,
    shape: &'a Shape,
    (r#type, set): (&Name, &'a SelectionSet),
    key: &str,
    found: &mut Vec<(&'a Type, &'a Name, &'a SelectionSet)>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if field.node.response_key().node == key => {
                if let Some(shown) = shape.field(Some(r#type), &field.node.name.node) {
                    found.push((&shown.r#type, &shown.of, &field.node.selection_set.node));
                }
            }
            Selection::Field(_) => {}
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let on = condition.map_or(r#type, |condition| &condition.node.on.node);
                let within = &inline.node.selection_set.node;
                select(document, shape, (on, within), key, found);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    let on = &fragment.node.type_condition.node.on.node;
                    let within = &fragment.node.selection_set.node;
                    select(document, shape, (on, within), key, found);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::{ServerError, value};

    use super::*;
    use crate::Limits;
    use crate::guard::Guard;

    const SDL: &str = "type Query { one: One, must: One! many: [One!]! some: [One] } \
                       type One { may: Int must: Int! one: One deep: One! other: Int }";

    /// What becomes of what the engine has left, where these failed.
    fn settled(query: &str, left: Value, failed: &[&[&str]]) -> String {
        let document = parse_query(query).expect("a query");
        let segment = |step: &&str| {
            let index = step.parse().map(PathSegment::Index);
            index.unwrap_or_else(|_| PathSegment::Field((*step).to_owned()))
        };
        let mut answer = Response::new(left);
        answer.errors = failed
            .iter()
            .map(|path| ServerError {
                path: path.iter().map(segment).collect(),
                ..ServerError::new("no", None)
            })
            .collect();
        settle(
            &mut answer,
            &document,
            &Guard::new(SDL, Limits::default()).shape,
        );
        serde_json::to_string(&answer.data).expect("JSON")
    }

    #[test]
    fn a_field_that_may_be_null_is_null() {
        let left = value!({ "one": { "other": 1 } });
        let told = settled("{ one { x: may other } }", left, &[&["one", "x"]]);
        assert_eq!(told, r#"{"one":{"other":1,"x":null}}"#);
        // The engine has made null of an object of which nothing was left.
        let told = settled(
            "{ must { may } }",
            value!({ "must": null }),
            &[&["must", "may"]],
        );
        assert_eq!(told, r#"{"must":{"may":null}}"#);
    }

    #[test]
    fn a_field_that_may_not_be_null_takes_along_what_may() {
        let left = value!({ "one": { "deep": { "other": 1 } }, "must": { "other": 2 } });
        let query = "{ one { deep { ...F other } } must { other } } fragment F on One { must }";
        let told = settled(query, left, &[&["one", "deep", "must"]]);
        assert_eq!(told, r#"{"one":null,"must":{"other":2}}"#);
        let told = settled(
            "{ must { must } }",
            value!({ "must": null }),
            &[&["must", "must"]],
        );
        assert_eq!(told, "null");
        let told = settled(
            "{ must { other } one { may } }",
            value!({ "one": { "may": 1 } }),
            &[&["must"]],
        );
        assert_eq!(told, "null");
    }

    #[test]
    fn an_item_is_null_where_it_may_be_and_else_its_list_goes() {
        let left = value!({ "some": [{ "other": 1 }, { "other": 2 }] });
        let query = "{ some { ... on One { must } other } }";
        let told = settled(query, left, &[&["some", "1", "must"]]);
        assert_eq!(told, r#"{"some":[{"other":1},null]}"#);
        let left = value!({ "many": [{ "other": 1 }], "one": { "may": 1 } });
        let told = settled(
            "{ many { must other } one { may } }",
            left,
            &[&["many", "0", "must"]],
        );
        assert_eq!(told, "null");
    }

    #[test]
    fn what_fails_above_takes_along_what_failed_below() {
        let left = value!({ "one": { "other": 1 } });
        let failed: [&[&str]; 2] = [&["one", "may"], &["one", "must"]];
        let told = settled("{ one { may must other } }", left, &failed);
        assert_eq!(told, r#"{"one":null}"#);
    }
}
