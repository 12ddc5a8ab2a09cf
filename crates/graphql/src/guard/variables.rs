//! The variables sent with a request against those that its operation declares.
//!
//! Their types are for the engine's validation to judge, where they are used; it does not look for the
//! ones that are missing, or for those nobody declared.

use async_graphql::parser::types::OperationDefinition;
use async_graphql::{Value, Variables};

use crate::error::{Code, Refusal};

/// Refuses a required variable that is missing or null, and one that the operation does not declare.
pub(super) fn check(operation: &OperationDefinition, variables: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
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
