//! The error codes of the API, and how a failure becomes a GraphQL error.

use async_graphql::{ErrorExtensionValues, ErrorExtensions, Pos, ServerError};

use crate::guard::Cost;

/// Writes the codes once: as values, as text, and as the list that `docs/errors.md` is held against.
macro_rules! codes {
    ($($(#[doc = $what:literal])+ $code:ident = $text:literal,)+) => {
        /// What went wrong, as a client reads it in `extensions.code`. `docs/errors.md` is the catalogue.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code {
            $($(#[doc = $what])+ $code,)+
        }

        impl Code {
            /// Every code as it stands in an answer.
            pub(crate) const ALL: &[&str] = &[$($text),+];

            /// The code as it stands in an answer.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $text,)+
                }
            }
        }
    };
}

codes! {
    /// No credentials, or wrong ones.
    Unauthenticated = "UNAUTHENTICATED",
    /// The credentials do not reach this far.
    Forbidden = "FORBIDDEN",
    /// An argument or a variable holds what it must not.
    BadUserInput = "BAD_USER_INPUT",
    /// The HTTP request is not one of GraphQL over HTTP.
    BadRequest = "BAD_REQUEST",
    /// The query is not GraphQL.
    ParseFailed = "GRAPHQL_PARSE_FAILED",
    /// The query does not fit the schema.
    ValidationFailed = "GRAPHQL_VALIDATION_FAILED",
    /// The operation asked for is not in the document.
    OperationResolution = "OPERATION_RESOLUTION_FAILURE",
    /// The query is longer than the limits allow.
    TooLarge = "QUERY_TOO_LARGE",
    /// The query is nested deeper than the limits allow.
    TooDeep = "QUERY_TOO_DEEP",
    /// The query asks for more than the limits allow.
    TooComplex = "QUERY_TOO_COMPLEX",
    /// The token has too many requests under way, or has spent its budget.
    RateLimited = "RATE_LIMITED",
    /// No document is stored under the id that was sent.
    DocumentNotFound = "PERSISTED_QUERY_NOT_FOUND",
    /// No documents are stored at all.
    DocumentsNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED",
    /// The connection has as many subscriptions as it may have.
    TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS",
    /// The answer took too long.
    Timeout = "TIMEOUT",
    /// Ours; the log has the reason under the same request id.
    Internal = "INTERNAL",
}

/// A request that is not executed, or a field that is not answered, because of what it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) place: Option<Pos>,
    /// What it would have cost, where that is known.
    pub(crate) cost: Option<Cost>,
}

impl Refusal {
    /// A refusal that concerns the request as a whole.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: None,
            cost: None,
        }
    }

    /// The same, of a query that costs so much.
    pub(crate) fn costing(self, cost: Cost) -> Self {
        Self {
            cost: Some(cost),
            ..self
        }
    }

    /// The same, pointing into the query.
    pub(crate) fn at(self, place: Pos) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut error = ServerError::new(refusal.message, refusal.place);
        with_code(&mut error, refusal.code);
        error
    }
}

impl From<Refusal> for async_graphql::Error {
    fn from(refusal: Refusal) -> Self {
        async_graphql::Error::new(refusal.message)
            .extend_with(|_, extensions| extensions.set("code", refusal.code.as_str()))
    }
}

/// Writes the code into the error's extensions.
pub(crate) fn with_code(error: &mut ServerError, code: Code) {
    error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default)
        .set("code", code.as_str());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Code;

    #[test]
    fn the_catalogue_has_every_code_and_no_other() {
        let page = include_str!("../../../docs/errors.md");
        let rows = page.lines().filter_map(|line| {
            let code = line.strip_prefix("| `")?.split_once('`')?.0;
            Some(code.to_owned())
        });
        let catalogued: Vec<String> = rows.collect();
        let ours: BTreeSet<String> = Code::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(catalogued.iter().cloned().collect::<BTreeSet<_>>(), ours);
        assert_eq!(catalogued.len(), ours.len(), "a code stands there twice");
    }
}
