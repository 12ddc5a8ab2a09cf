//! The variables sent with a request against those that its operation declares.
//!
//! Their values are for the engine's validation to judge, where they are used; it does not look for the
//! ones that are missing, or for those nobody declared, and it panics at the default of a list whose type
//! it does not know.

use std::collections::HashSet;

use async_graphql::parser::types::OperationDefinition;
use async_graphql::{Name, Value, Variables};

use super::shape::{Shape, innermost};
use crate::error::{Code, Refusal};
use crate::settings::Limits;

/// Refuses a variable of an unknown type, a required one that is missing or null, and one that the operation does
/// not declare.
pub(super) fn check(
    operation: &OperationDefinition,
    variables: &Variables,
    shape: &Shape,
    limits: &Limits,
) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let r#type = innermost(&definition.node.var_type.node.base);
        if !shape.types.contains(r#type) {
            let message = format!("There is no type {:?}.", r#type.as_str());
            return Err(Refusal::new(Code::ValidationFailed, message).at(definition.pos));
        }
        let name = definition.node.name.node.as_str();
        let required = !definition.node.var_type.node.nullable;
        let fault = match variables.get(name) {
            Some(Value::Null) if required => "must not be null",
            None if required && definition.node.default_value.is_none() => "is missing",
            Some(value) if !shape.fits(value, &definition.node.var_type.node) => {
                "does not fit its type"
            }
            _ => continue,
        };
        let message = format!("The variable \"${name}\" {fault}.");
        return Err(Refusal::new(Code::BadUserInput, message).at(definition.pos));
    }
    let declared = operation.variable_definitions.iter();
    let declared: HashSet<&Name> = declared
        .map(|definition| &definition.node.name.node)
        .collect();
    for (name, value) in variables.iter() {
        if !declared.contains(name) {
            let message = "A variable was sent that the operation does not declare.";
            return Err(Refusal::new(Code::BadUserInput, message));
        }
        if depth(value) > limits.brackets {
            let message = format!(
                "A variable has more than {} brackets inside one another.",
                limits.brackets
            );
            return Err(Refusal::new(Code::TooDeep, message));
        }
    }
    Ok(())
}

/// Brackets inside one another. The parser of the body allows no more than 127.
fn depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
