//! What stands in the arguments of a document against the types of its places, as far as the engine lets more pass than the
//! specification does: a string for an enum's value, anything at all for an input object, a variable of another type inside
//! one, and whatever stands beside a variable that was not sent.
//!
//! An extension's scalars are the engine's alone: a scalar knows for itself what it takes.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet, Type, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value as Constant};
use async_graphql_value::Value;
use laurel_payloads::Timestamp;

use super::shape::{Arguments, Shape, Taken};
use crate::error::{Code, Refusal};

/// Refuses a value that does not fit its place (§5.6.1 to §5.6.4), and a variable of a type that does not (§5.8.5).
pub(super) fn check(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    shape: &Shape,
) -> Result<(), Refusal> {
    let variables = operation.variable_definitions.iter();
    let check = Check {
        shape,
        variables: variables
            .clone()
            .map(|variable| (&variable.node.name.node, &variable.node))
            .collect(),
    };
    for variable in variables {
        if let Some(default) = &variable.node.default_value {
            let value = default.node.clone().into_value();
            let fault = check.fault(&value, &variable.node.var_type.node);
            refuse(fault, &variable.node.name.node, variable)?;
        }
    }
    check.directives(&operation.directives)?;
    let root = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    check.set(&operation.selection_set.node, Some(&Name::new(root)))?;
    document.fragments.values().try_for_each(|fragment| {
        let fragment = &fragment.node;
        check.directives(&fragment.directives)?;
        let on = &fragment.type_condition.node.on.node;
        check.set(&fragment.selection_set.node, Some(on))
    })
}

struct Check<'a> {
    shape: &'a Shape,
    variables: HashMap<&'a Name, &'a VariableDefinition>,
}

impl Check<'_> {
    fn set(&self, set: &SelectionSet, r#type: Option<&Name>) -> Result<(), Refusal> {
        set.items.iter().try_for_each(|selection| {
            self.directives(selection.node.directives())?;
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, r#type),
                Selection::InlineFragment(inline) => {
                    let inline = &inline.node;
                    let on = inline.type_condition.as_ref().map(|on| &on.node.on.node);
                    self.set(&inline.selection_set.node, on.or(r#type))
                }
                Selection::FragmentSpread(_) => Ok(()),
            }
        })
    }

    /// A field that nobody knows is for the validation to name.
    fn field(&self, field: &Field, r#type: Option<&Name>) -> Result<(), Refusal> {
        let shown = self.shape.field(r#type, &field.name.node);
        if let Some(shown) = shown {
            self.arguments(&field.arguments, &shown.arguments)?;
        }
        self.set(&field.selection_set.node, shown.map(|shown| &shown.of))
    }

    fn directives(&self, directives: &[Positioned<Directive>]) -> Result<(), Refusal> {
        directives.iter().try_for_each(|directive| {
            match self.shape.directives.get(&directive.node.name.node) {
                Some(known) => self.arguments(&directive.node.arguments, known),
                None => Ok(()),
            }
        })
    }

    fn arguments(
        &self,
        given: &[(Positioned<Name>, Positioned<Value>)],
        known: &Arguments,
    ) -> Result<(), Refusal> {
        given.iter().try_for_each(|(name, value)| {
            let fault = known
                .get(&name.node)
                .and_then(|taken| self.fault_of(&value.node, taken));
            refuse(fault, &name.node, value)
        })
    }

    /// What is wrong with the value of an argument or of an input object's field.
    fn fault_of(&self, value: &Value, taken: &Taken) -> Option<String> {
        let Value::Variable(name) = value else {
            return self.fault(value, &taken.r#type);
        };
        self.misfit(name, &taken.r#type, taken.has_default)
    }

    fn fault(&self, value: &Value, r#type: &Type) -> Option<String> {
        match (value, &r#type.base) {
            (Value::Variable(name), _) => self.misfit(name, r#type, false),
            (Value::Null, _) if r#type.nullable => None,
            (Value::Null, _) => Some("must not be null".to_owned()),
            (Value::List(items), BaseType::List(of)) => {
                items.iter().find_map(|item| self.fault(item, of))
            }
            // One item is as good as a list of it.
            (one, BaseType::List(of)) => self.fault(one, of),
            (value, BaseType::Named(name)) => {
                if let Some(values) = self.shape.enums.get(name) {
                    return match value {
                        Value::Enum(value) if values.contains(value) => None,
                        Value::Enum(_) => Some(format!("must be one of the values of {name}")),
                        _ => Some(format!("must be a value of {name}, without quotes")),
                    };
                }
                match (self.shape.inputs.get(name), value) {
                    (Some(known), Value::Object(given)) => self.fault_in(given, known, name),
                    (Some(_), _) => Some(format!("must be an object of {name}")),
                    (None, value) => {
                        (!is_scalar(value, name)).then(|| format!("must be of {name}"))
                    }
                }
            }
        }
    }

    fn fault_in<'b>(
        &self,
        given: impl IntoIterator<Item = (&'b Name, &'b Value)> + Copy,
        known: &Arguments,
        object: &Name,
    ) -> Option<String> {
        for (name, value) in given {
            let Some(taken) = known.get(name) else {
                return Some(format!("has a field {name:?} that {object} has not"));
            };
            if let Some(fault) = self.fault_of(value, taken) {
                return Some(format!("is wrong in {name:?}, which {fault}"));
            }
        }
        let is_missing = |(name, taken): &(&Name, &Taken)| {
            !taken.is_optional() && given.into_iter().all(|(given, _)| given != *name)
        };
        let (missing, _) = known.iter().find(is_missing)?;
        Some(format!("lacks the field {missing:?}"))
    }

    /// One that the operation does not declare is for the validation to name.
    fn misfit(&self, name: &Name, r#type: &Type, has_default: bool) -> Option<String> {
        let variable = self.variables.get(name)?;
        let of = &variable.var_type.node;
        let is_given = match &variable.default_value {
            Some(default) => default.node != Constant::Null,
            None => has_default,
        };
        let may_be_null = of.nullable && !r#type.nullable && !is_given;
        let fits = !may_be_null && is_of(&of.base, &r#type.base);
        (!fits).then(|| format!("is of another type than \"${name}\""))
    }
}

/// Whether a value is one of a scalar's, as far as it is known here; how large a number may be is said elsewhere.
fn is_scalar(value: &Value, name: &str) -> bool {
    match (name, value) {
        ("Int" | "Float", Value::Number(_))
        | ("Boolean", Value::Boolean(_))
        | ("String" | "ID", Value::String(_)) => true,
        ("ID", Value::Number(number)) => !number.is_f64(),
        ("DateTime", Value::String(text)) => Timestamp::parse_rfc3339(text).is_some(),
        (known, _) => !["Int", "Float", "Boolean", "String", "ID", "DateTime"].contains(&known),
    }
}

/// Whether all values of one type are values of another; both of them whether null or not.
fn is_of(one: &BaseType, other: &BaseType) -> bool {
    match (one, other) {
        (BaseType::Named(one), BaseType::Named(other)) => one == other,
        (BaseType::List(one), BaseType::List(other)) => {
            (other.nullable || !one.nullable) && is_of(&one.base, &other.base)
        }
        _ => false,
    }
}

fn refuse<T>(fault: Option<String>, name: &Name, at: &Positioned<T>) -> Result<(), Refusal> {
    let Some(fault) = fault else {
        return Ok(());
    };
    let message = format!("The value of {:?} {fault}.", name.as_str());
    Err(Refusal::new(Code::ValidationFailed, message).at(at.pos))
}
