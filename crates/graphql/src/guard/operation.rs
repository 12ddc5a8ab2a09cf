//! Which operation of a document is meant; the rest of the document is left behind.

use std::collections::{HashMap, HashSet};

use async_graphql::Name;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};

use crate::error::{Code, Refusal};

/// Reduces the document to the operation that was asked for and the fragments that belong to it.
///
/// Fragments that no operation spreads stay, so that the validation still names them; those that only
/// another operation spreads go with it.
pub(super) fn choose(
    mut document: ExecutableDocument,
    name: Option<&str>,
) -> Result<(ExecutableDocument, OperationDefinition), Refusal> {
    let (operation, name) = match (document.operations, name.filter(|name| !name.is_empty())) {
        (DocumentOperations::Single(operation), None) => (operation, None),
        (DocumentOperations::Single(_), Some(name)) => return Err(unknown(name)),
        (DocumentOperations::Multiple(mut all), Some(name)) => {
            let operation = all.remove(name).ok_or_else(|| unknown(name))?;
            forget(
                &mut document.fragments,
                all.values().map(|other| &other.node),
                &operation.node,
            );
            (operation, Some(Name::new(name)))
        }
        (DocumentOperations::Multiple(all), None) => {
            let mut all = all.into_iter();
            match (all.next(), all.next()) {
                (Some((name, operation)), None) => (operation, Some(name)),
                _ => return Err(unnamed()),
            }
        }
    };
    let definition = operation.node.clone();
    document.operations = match name {
        Some(name) => DocumentOperations::Multiple(HashMap::from([(name, operation)])),
        None => DocumentOperations::Single(operation),
    };
    Ok((document, definition))
}

type Fragments =
    HashMap<Name, async_graphql::Positioned<async_graphql::parser::types::FragmentDefinition>>;

/// Drops the fragments that the others spread and the chosen one does not.
fn forget<'a>(
    fragments: &mut Fragments,
    others: impl Iterator<Item = &'a OperationDefinition>,
    chosen: &OperationDefinition,
) {
    let mut of_others = HashSet::new();
    for other in others {
        reach(fragments, &other.selection_set.node, &mut of_others);
    }
    let mut of_chosen = HashSet::new();
    reach(fragments, &chosen.selection_set.node, &mut of_chosen);
    fragments.retain(|name, _| of_chosen.contains(name) || !of_others.contains(name));
}

fn reach(fragments: &Fragments, set: &SelectionSet, reached: &mut HashSet<Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => reach(fragments, &field.node.selection_set.node, reached),
            Selection::InlineFragment(inline) => {
                reach(fragments, &inline.node.selection_set.node, reached);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = fragments.get(name)
                    && reached.insert(name.clone())
                {
                    reach(fragments, &fragment.node.selection_set.node, reached);
                }
            }
        }
    }
}

fn unknown(name: &str) -> Refusal {
    Refusal::new(
        Code::OperationResolution,
        format!("The document has no operation named {name:?}."),
    )
}

fn unnamed() -> Refusal {
    let message = "The document has several operations: say with operationName which one is meant.";
    Refusal::new(Code::OperationResolution, message)
}
