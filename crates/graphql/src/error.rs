//! The error codes of the API, and how a failure becomes a GraphQL error.

use async_graphql::{ErrorExtensionValues, ErrorExtensions, Pos, ServerError};

/// What went wrong, as a client reads it in `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// No credentials, or wrong ones.
    Unauthenticated,
    /// The credentials do not reach this far.
    Forbidden,
    /// An argument or a variable holds what it must not.
    BadUserInput,
    /// The HTTP request is not one of GraphQL over HTTP.
    BadRequest,
    /// The query is not GraphQL.
    ParseFailed,
    /// The query does not fit the schema.
    ValidationFailed,
    /// The operation asked for is not in the document.
    OperationResolution,
    /// The query is longer than the limits allow.
    TooLarge,
    /// The query is nested deeper than the limits allow.
    TooDeep,
    /// The query asks for more than the limits allow.
    TooComplex,
    /// No document is stored under the id that was sent.
    DocumentNotFound,
    /// No documents are stored at all.
    DocumentsNotSupported,
    /// The connection has as many subscriptions as it may have.
    TooManySubscriptions,
    /// The answer took too long.
    Timeout,
    /// Ours; the log has the reason under the same request id.
    Internal,
}

impl Code {
    /// The code as it stands in an answer.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::BadRequest => "BAD_REQUEST",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::OperationResolution => "OPERATION_RESOLUTION_FAILURE",
            Self::TooLarge => "QUERY_TOO_LARGE",
            Self::TooDeep => "QUERY_TOO_DEEP",
            Self::TooComplex => "QUERY_TOO_COMPLEX",
            Self::DocumentNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::DocumentsNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::TooManySubscriptions => "TOO_MANY_SUBSCRIPTIONS",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A request that is not executed, or a field that is not answered, because of what it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) message: String,
    pub(crate) place: Option<Pos>,
}

impl Refusal {
    /// A refusal that concerns the request as a whole.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place: None,
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
