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

use async_graphql::Variables;
use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::parser::{Error, parse_query};

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

/// Scans, parses and measures a query. Every operation of the document is measured, also those that
/// are not asked for.
pub(crate) fn admit(
    query: &str,
    operation_name: Option<&str>,
    variables: &Variables,
    limits: &Limits,
) -> Result<Admitted, Refusal> {
    scan::scan(query, limits)?;
    let document = parse_query(query).map_err(|error| unparsable(&error))?;
    expansion::measure(&document, limits)?;
    let (document, operation) = operation::choose(document, operation_name)?;
    variables::check(&operation, variables)?;
    pages::check(&document, &operation, variables, limits)?;
    Ok(Admitted {
        document,
        kind: operation.ty,
    })
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
