//! The sizes of the pages that a query asks for, known before anything runs.
//!
//! A page that is too large is the request's fault and not a field's; and the complexity of a query,
//! which scales with its pages, can only be reckoned from sizes that make sense.

use async_graphql::Positioned;
use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

use super::given::{Given, Number};
use crate::error::{Code, Refusal};
use crate::settings::Limits;

/// Refuses a `first` or a `last` outside of 1 to the limit, and a field with both.
pub(super) fn check(
    document: &ExecutableDocument,
    given: &Given<'_>,
    limits: &Limits,
) -> Result<(), Refusal> {
    let check = Check { given, limits };
    let operations = document.operations.iter();
    operations
        .map(|(_, operation)| &operation.node.selection_set)
        .chain(
            document
                .fragments
                .values()
                .map(|fragment| &fragment.node.selection_set),
        )
        .try_for_each(|set| check.set(set))
}

struct Check<'a> {
    given: &'a Given<'a>,
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
        for name in ["first", "last"] {
            // What is not a number is for the validation to name.
            if let Some(Number(size)) = self.given.number(field, name)
                && !size.is_some_and(|size| (1..=u64::from(self.limits.page)).contains(&size))
            {
                let message = format!(
                    "\"{name}\" must be a number from 1 to {}.",
                    self.limits.page
                );
                return Err(Refusal::new(Code::BadUserInput, message));
            }
        }
        if self.given.holds(field, "first") && self.given.holds(field, "last") {
            return Err(Refusal::new(
                Code::BadUserInput,
                "Give either \"first\" or \"last\", not both.",
            ));
        }
        Ok(())
    }
}
