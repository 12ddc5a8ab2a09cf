//! What stands before the engine: a query is measured before anything recursive or costly sees it.
//!
//! The engine's parser recurses on brackets without a bound, and its first check walks every fragment
//! again at every spread; a few hundred bytes are enough to end the process or to keep a core busy for
//! seconds. So the text is scanned first, in one pass; then it is parsed here, its expansion counted
//! with a memo, and only a document within the [`Limits`] is handed over.

mod expansion;
mod operation;
mod pages;
mod scan;
mod variables;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, OperationType, TypeSystemDefinition};
use async_graphql::parser::{Error, parse_query, parse_schema};
use async_graphql::{Name, Variables};

use crate::error::{Code, Refusal};
use crate::settings::Limits;

/// A document that may be handed to the engine.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// The operation to run and the fragments it reaches; nothing else of what was sent.
    pub(crate) document: ExecutableDocument,
    /// What running it means: a mutation must not come by GET.
    pub(crate) kind: OperationType,
}

/// What every query is held against.
#[derive(Debug)]
pub(crate) struct Guard {
    limits: Limits,
    /// The names of the schema's types.
    types: HashSet<Name>,
}

impl Guard {
    /// A guard for a schema, given in GraphQL's own language.
    ///
    /// # Panics
    /// If the engine does not read the schema that it wrote.
    pub(crate) fn new(schema: &str, limits: Limits) -> Self {
        let document = parse_schema(schema).expect("a schema that the engine has written");
        let defined = document
            .definitions
            .into_iter()
            .filter_map(|definition| match definition {
                TypeSystemDefinition::Type(definition) => Some(definition.node.name.node),
                _ => None,
            });
        let built_in = ["Boolean", "Float", "ID", "Int", "String"].map(Name::new);
        Self {
            limits,
            types: defined.chain(built_in).collect(),
        }
    }

    /// Scans, parses and measures a query. Every operation of the document is measured, also those that
    /// are not asked for.
    pub(crate) fn admit(
        &self,
        query: &str,
        operation_name: Option<&str>,
        variables: &Variables,
    ) -> Result<Admitted, Refusal> {
        scan::scan(query, &self.limits)?;
        let document = parse_query(query).map_err(|error| unparsable(&error))?;
        expansion::measure(&document, &self.limits)?;
        let (document, operation) = operation::choose(document, operation_name)?;
        variables::check(&operation, variables, &self.types)?;
        pages::check(&document, &operation, variables, &self.limits)?;
        Ok(Admitted {
            document,
            kind: operation.ty,
        })
    }
}

/// The parser's own message names the place and what was expected there.
fn unparsable(error: &Error) -> Refusal {
    let place = error.positions().next();
    let code = match error {
        Error::Syntax { .. } => Code::ParseFailed,
        _ => Code::ValidationFailed,
    };
    Refusal {
        code,
        message: error.to_string(),
        place,
    }
}
