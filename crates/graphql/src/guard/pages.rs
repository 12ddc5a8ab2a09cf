//! The sizes of the pages that a query asks for, known before anything runs.
//!
//! A page that is too large is the request's fault and not a field's; and the complexity of a query,
//! which scales with its pages, can only be reckoned from sizes that make sense.

use async_graphql::Positioned;
use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Value, Variables};

use crate::error::{Code, Refusal};
use crate::settings::Limits;

/// Refuses a `first` or a `last` outside of 1 to the limit, and a field with both.
pub(super) fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
    limits: &Limits,
) -> Result<(), Refusal> {
    let check = Check {
        operation,
        variables,
        limits,
    };
    check.set(&operation.selection_set)?;
    document
        .fragments
        .values()
        .try_for_each(|fragment| check.set(&fragment.node.selection_set))
}

struct Check<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    limits: &'a Limits,
}

impl Check<'_> {
    fn set(&self, set: &Positioned<SelectionSet>) -> Result<(), Refusal> {
        set.node
            .items
            .iter()
            .try_for_each(|selection| match &selection.node {
                Selection::Field(field) => {
                    self.field(&field.node)
                        .map_err(|refusal| refusal.at(field.pos))?;
                    self.set(&field.node.selection_set)
                }
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set),
                Selection::FragmentSpread(_) => Ok(()),
            })
    }

    fn field(&self, field: &Field) -> Result<(), Refusal> {
        let first = self.size(field, "first")?;
        let last = self.size(field, "last")?;
        if first && last {
            return Err(Refusal::new(
                Code::BadUserInput,
                "Give either \"first\" or \"last\", not both.",
            ));
        }
        Ok(())
    }

    /// Whether the argument is there. What is not a number is for the validation to name.
    fn size(&self, field: &Field, name: &str) -> Result<bool, Refusal> {
        let Some(argument) = field.get_argument(name) else {
            return Ok(false);
        };
        let written = argument.node.clone();
        match written.into_const_with(|variable| self.variable(&variable).ok_or(())) {
            Err(()) | Ok(Value::Null) => Ok(false),
            Ok(Value::Number(number)) if !number.as_u64().is_some_and(|size| self.allows(size)) => {
                let message = format!(
                    "\"{name}\" must be a number from 1 to {}.",
                    self.limits.page
                );
                Err(Refusal::new(Code::BadUserInput, message))
            }
            Ok(_) => Ok(true),
        }
    }

    fn allows(&self, size: u64) -> bool {
        (1..=u64::from(self.limits.page)).contains(&size)
    }

    fn variable(&self, name: &str) -> Option<Value> {
        let sent = self.variables.get(name).cloned();
        sent.or_else(|| {
            let mut definitions = self.operation.variable_definitions.iter();
            definitions
                .find(|definition| definition.node.name.node == name)?
                .node
                .default_value()
                .cloned()
        })
    }
}
