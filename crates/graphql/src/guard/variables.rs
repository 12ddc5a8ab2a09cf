//! The variables sent with a request against those that its operation declares.
//!
//! Their values are for the engine's validation to judge, where they are used; it does not look for the
//! ones that are missing, or for those nobody declared, and it panics at the default of a list whose type
//! it does not know.

use std::collections::HashSet;

use async_graphql::parser::types::{BaseType, OperationDefinition};
use async_graphql::{Name, Value, Variables};

use crate::error::{Code, Refusal};

/// Refuses a variable of an unknown type, a required one that is missing or null, and one that the operation does
/// not declare.
pub(super) fn check(
    operation: &OperationDefinition,
    variables: &Variables,
    types: &HashSet<Name>,
) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let r#type = innermost(&definition.node.var_type.node.base);
        if !types.contains(r#type) {
            let message = format!("There is no type {:?}.", r#type.as_str());
            return Err(Refusal::new(Code::ValidationFailed, message).at(definition.pos));
        }
        let name = definition.node.name.node.as_str();
        let required = !definition.node.var_type.node.nullable;
        let fault = match variables.get(name) {
            Some(Value::Null) if required => "must not be null",
            None if required && definition.node.default_value.is_none() => "is missing",
            _ => continue,
        };
        let message = format!("The variable \"${name}\" {fault}.");
        return Err(Refusal::new(Code::BadUserInput, message).at(definition.pos));
    }
    for name in variables.keys() {
        if !operation
            .variable_definitions
            .iter()
            .any(|definition| definition.node.name.node == *name)
        {
            let message = "A variable was sent that the operation does not declare.";
            return Err(Refusal::new(Code::BadUserInput, message));
        }
    }
    Ok(())
}

/// The type of a list's items, however many lists there are around them.
fn innermost(base: &BaseType) -> &Name {
    match base {
        BaseType::Named(name) => name,
        BaseType::List(items) => innermost(&items.base),
    }
}
