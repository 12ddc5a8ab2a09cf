//! What the arguments of an operation hold, its variables in their places. Nothing is copied: a variable may be large and
//! be used a thousand times.

use std::collections::HashMap;

use async_graphql::parser::types::{Field, OperationDefinition};
use async_graphql::{Value, Variables};
use async_graphql_value::Value as Written;

/// The variables of an operation: as they were sent, or as the operation has them where nothing was.
pub(super) struct Given<'a>(HashMap<&'a str, &'a Value>);

impl<'a> Given<'a> {
    pub(super) fn new(operation: &'a OperationDefinition, variables: &'a Variables) -> Self {
        let definitions = operation.variable_definitions.iter();
        let defaults = definitions.filter_map(|definition| {
            let definition = &definition.node;
            Some((
                definition.name.node.as_str(),
                &definition.default_value.as_ref()?.node,
            ))
        });
        let sent = variables.iter().map(|(name, value)| (name.as_str(), value));
        Self(defaults.chain(sent).collect())
    }

    /// Every variable that stands for something.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0.iter().map(|(name, value)| (*name, *value))
    }

    /// The argument, if it is a number.
    pub(super) fn number(&self, field: &Field, name: &str) -> Option<Number> {
        let number = match &field.get_argument(name)?.node {
            Written::Number(number) => number,
            Written::Variable(variable) => match self.0.get(variable.as_str())? {
                Value::Number(number) => number,
                _ => return None,
            },
            _ => return None,
        };
        Some(Number(number.as_u64()))
    }

    /// Whether the argument is there and not null.
    pub(super) fn holds(&self, field: &Field, name: &str) -> bool {
        match field.get_argument(name).map(|argument| &argument.node) {
            None | Some(Written::Null) => false,
            Some(Written::Variable(variable)) => {
                !matches!(self.0.get(variable.as_str()), None | Some(Value::Null))
            }
            Some(_) => true,
        }
    }

    /// How many items the argument has: one where it is no list, as the language has it.
    pub(super) fn length(&self, field: &Field, name: &str) -> usize {
        match field.get_argument(name).map(|argument| &argument.node) {
            Some(Written::List(items)) => items.len(),
            Some(Written::Variable(variable)) => match self.0.get(variable.as_str()) {
                Some(Value::List(items)) => items.len(),
                _ => 1,
            },
            _ => 1,
        }
    }
}

/// A number that a query holds; none in it where it is below nothing, not whole or beyond all bounds.
#[derive(Clone, Copy)]
pub(super) struct Number(pub(super) Option<u64>);
