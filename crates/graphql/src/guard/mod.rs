//! What stands before the engine: a query is measured before anything recursive or costly sees it.
//!
//! The engine's parser recurses on brackets without a bound, and its first check walks every fragment
//! again at every spread; a few hundred bytes are enough to end the process or to keep a core busy for
//! seconds. So the text is scanned first, in one pass; then it is parsed here, its expansion counted
//! with a memo, and only a document within the [`Limits`] is handed over.

mod cost;
mod expansion;
mod given;
mod known;
mod literals;
mod operation;
mod pages;
mod presence;
mod scan;
mod shape;
mod twice;
mod variables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::parser::{Error, parse_query, parse_schema};
use serde::Serialize;

pub(crate) use self::presence::PRESENCE;

use self::given::Given;
use self::known::{Chosen, Known};
pub(crate) use self::shape::Shape;
use crate::error::{Code, Refusal};
use crate::settings::Limits;

/// A document that may be handed to the engine.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// The operation to run and the fragments it reaches; nothing else of what was sent.
    pub(crate) document: ExecutableDocument,
    /// What running it means: a mutation must not come by GET.
    pub(crate) kind: OperationType,
    /// What running it costs.
    pub(crate) cost: Cost,
    /// What was asked, which outlives the document.
    pub(crate) asked: Asked,
}

/// An operation as it was asked, to hold its answer against.
#[derive(Debug)]
pub(crate) struct Asked(Arc<Chosen>);

impl Asked {
    /// The operation, and the fragments that it reaches.
    pub(crate) fn document(&self) -> &ExecutableDocument {
        &self.0.document
    }
}

/// What a request costs, as every answer to one that could be reckoned tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Cost {
    /// What it asks for, in fields.
    pub(crate) requested: usize,
    /// What one request may ask for.
    pub(crate) limit: usize,
    /// What its token may still spend in this minute, where there is a budget.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remaining: Option<u32>,
}

/// What every query is held against.
#[derive(Debug)]
pub(crate) struct Guard {
    limits: Limits,
    pub(crate) shape: Shape,
    known: Known,
}

impl Guard {
    /// A guard for a schema, given in GraphQL's own language.
    ///
    /// # Panics
    /// If the engine does not read the schema that it wrote.
    pub(crate) fn new(schema: &str, limits: Limits) -> Self {
        let document = parse_schema(schema).expect("a schema that the engine has written");
        Self {
            limits,
            shape: Shape::new(document),
            known: Known::default(),
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
        let chosen = self
            .known
            .get_or(query, operation_name, || self.read(query, operation_name))?;
        let Chosen {
            document,
            operation,
        } = &*chosen;
        variables::check(operation, variables, &self.shape, &self.limits)?;
        let given = Given::new(operation, variables);
        pages::check(document, &given, &self.limits)?;
        let cost = Cost {
            requested: cost::of(&self.shape, document, operation, &given),
            limit: self.limits.complexity,
            remaining: None,
        };
        if cost.requested > cost.limit {
            let Cost {
                requested, limit, ..
            } = cost;
            let message = format!("The query costs {requested}; at most {limit} is allowed.");
            return Err(Refusal::new(Code::TooComplex, message).costing(cost));
        }
        let mut document = document.clone();
        presence::ensure(&mut document);
        Ok(Admitted {
            document,
            kind: operation.ty,
            cost,
            asked: Asked(chosen),
        })
    }

    /// All that does not depend on the variables.
    fn read(&self, query: &str, operation_name: Option<&str>) -> Result<Chosen, Refusal> {
        scan::scan(query, &self.limits)?;
        let document = parse_query(query).map_err(|error| unparsable(&error))?;
        expansion::measure(&document, &self.limits)?;
        twice::check(query)?;
        let (document, operation) = operation::choose(document, operation_name)?;
        literals::check(&document, &operation, &self.shape)?;
        Ok(Chosen {
            document,
            operation,
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
        place,
        ..Refusal::new(code, error.to_string())
    }
}
