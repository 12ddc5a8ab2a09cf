//! An object of which nothing is shown is `{}`. The engine (7.2.1) makes null of it, also where null may not be: whoever asks
//! the entries of a history for `... on TierChange { id }` would find null among them.
//!
//! So where a selection may come to nothing, for every field of it hangs on a type or on a directive, the type's name is
//! asked for as well. It is taken out of the answer again.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned};

/// Under which name it is asked for. Two underscores are GraphQL's own: no field is called so.
pub(crate) const PRESENCE: &str = "__present";

/// Has every object of the answer show something. What is followed is exactly one field, and never comes to nothing.
pub(super) fn ensure(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => of_operation(&mut operation.node),
        DocumentOperations::Multiple(all) => {
            let all = all.values_mut();
            all.for_each(|operation| of_operation(&mut operation.node));
        }
    }
    for fragment in document.fragments.values_mut() {
        within(&mut fragment.node.selection_set.node);
    }
}

fn of_operation(operation: &mut OperationDefinition) {
    let set = &mut operation.selection_set;
    if operation.ty == OperationType::Subscription {
        within(&mut set.node);
    } else {
        of_object(set);
    }
}

fn of_object(set: &mut Positioned<SelectionSet>) {
    within(&mut set.node);
    let always = |selection: &Positioned<Selection>| match &selection.node {
        Selection::Field(field) => field.node.directives.is_empty(),
        _ => false,
    };
    // A leaf has no selection.
    if !set.node.items.is_empty() && !set.node.items.iter().any(always) {
        let named = |name| Positioned::new(Name::new(name), set.pos);
        let field = Field {
            alias: Some(named(PRESENCE)),
            name: named("__typename"),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::default(),
        };
        let field = Selection::Field(Positioned::new(field, set.pos));
        let selection = Positioned::new(field, set.pos);
        set.node.items.push(selection);
    }
}

fn within(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => of_object(&mut field.node.selection_set),
            Selection::InlineFragment(inline) => within(&mut inline.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}
