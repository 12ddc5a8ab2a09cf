//! What an operation costs: each field one, or its own weight, and what stands below it as often as it is answered.
//!
//! The engine reckons a complexity of its own, and keeps it to itself: clients are told what they spend, and a budget
//! has to know before anything runs.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned, Value};
use async_graphql_value::Value as Written;

use super::given::Given;
use super::shape::{Shape, Times};
use crate::DEFAULT_PAGE;

/// So many values in the arguments cost as much as a field. Values are handed on by copying them.
const VALUES: usize = 16;
/// A string counts as a value for each so many bytes.
const BYTES: usize = 64;

/// Reckons an operation, and what of the document it does not reach: that is looked at once, too.
pub(super) fn of(
    shape: &Shape,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    given: &Given<'_>,
) -> usize {
    let mut reckoning = Reckoning {
        shape,
        document,
        sizes: given
            .all()
            .map(|(name, value)| (name, size(value)))
            .collect(),
        given,
        fragments: HashMap::new(),
    };
    let root = Name::new(match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    });
    let reached = reckoning.set(&operation.selection_set.node, Some(&root));
    let reached = reached.saturating_add(reckoning.directives(&operation.directives));
    document.fragments.keys().fold(reached, |all, name| {
        let known = reckoning.fragments.contains_key(name.as_str());
        let more = if known { 0 } else { reckoning.fragment(name) };
        all.saturating_add(more)
    })
}

struct Reckoning<'a> {
    shape: &'a Shape,
    document: &'a ExecutableDocument,
    given: &'a Given<'a>,
    /// How large what each variable stands for is, so that it is measured once.
    sizes: HashMap<&'a str, usize>,
    fragments: HashMap<&'a str, usize>,
}

impl<'a> Reckoning<'a> {
    fn set(&mut self, set: &'a SelectionSet, r#type: Option<&Name>) -> usize {
        set.items.iter().fold(0, |all, selection| {
            let directives = self.directives(selection.node.directives());
            let cost = match &selection.node {
                Selection::Field(field) => self.field(&field.node, r#type),
                Selection::InlineFragment(inline) => {
                    let inline = &inline.node;
                    let on = inline.type_condition.as_ref().map(|on| &on.node.on.node);
                    self.set(&inline.selection_set.node, on.or(r#type))
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            all.saturating_add(cost).saturating_add(directives)
        })
    }

    /// The document has been measured: no fragment spreads itself.
    fn fragment(&mut self, name: &str) -> usize {
        let document = self.document;
        let Some((name, fragment)) = document.fragments.get_key_value(name) else {
            return 0;
        };
        if let Some(&known) = self.fragments.get(name.as_str()) {
            return known;
        }
        let fragment = &fragment.node;
        let cost = self
            .set(
                &fragment.selection_set.node,
                Some(&fragment.type_condition.node.on.node),
            )
            .saturating_add(self.directives(&fragment.directives));
        self.fragments.insert(name, cost);
        cost
    }

    fn field(&mut self, field: &'a Field, r#type: Option<&Name>) -> usize {
        let shown = self.shape.field(r#type, &field.name.node);
        let below = self.set(&field.selection_set.node, shown.map(|shown| &shown.of));
        let (weight, times) = shown.map_or((1, 1), |shown| {
            (shown.weight, self.times(&shown.times, field))
        });
        let arguments = self.arguments(&field.arguments);
        below
            .saturating_mul(times)
            .saturating_add(weight)
            .saturating_add(arguments)
    }

    fn times(&self, times: &Times, field: &Field) -> usize {
        match times {
            Times::Fixed(rows) => *rows,
            // Sizes that make no sense have been refused; null is as good as nothing.
            Times::Page => ["first", "last"]
                .into_iter()
                .find_map(|name| self.given.number(field, name)?.0)
                .and_then(|rows| usize::try_from(rows).ok())
                .unwrap_or(DEFAULT_PAGE as usize),
            Times::Each(name) => self.given.length(field, name),
        }
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> usize {
        let arguments = directives.iter().map(|one| &one.node.arguments);
        arguments.fold(0, |all, one| all.saturating_add(self.arguments(one)))
    }

    fn arguments(&self, arguments: &[(Positioned<Name>, Positioned<Written>)]) -> usize {
        let values = arguments.iter().map(|(_, value)| self.values(&value.node));
        values.fold(0_usize, usize::saturating_add) / VALUES
    }

    fn values(&self, value: &Written) -> usize {
        match value {
            Written::Variable(name) => self.sizes.get(name.as_str()).copied().unwrap_or(1),
            Written::List(items) => items
                .iter()
                .fold(1, |all, item| all.saturating_add(self.values(item))),
            Written::Object(fields) => fields
                .values()
                .fold(1, |all, item| all.saturating_add(self.values(item))),
            Written::String(text) => 1 + text.len() / BYTES,
            _ => 1,
        }
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(fields) => 1 + fields.values().map(size).sum::<usize>(),
        Value::String(text) => 1 + text.len() / BYTES,
        _ => 1,
    }
}
