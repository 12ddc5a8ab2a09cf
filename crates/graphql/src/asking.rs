//! Who asks, and what they may see: put beside every request, so that no resolver can forget it.

use async_graphql::{Context, ErrorExtensions};
use laurel_store::{Error, Scope, Source};
use uuid::Uuid;

use crate::error::{Code, Refusal};

/// The request's credentials, as what they open.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// The one source that can be read.
    pub(crate) scope: Scope,
    /// Whether the key may see what operators see: the log, and events that nobody knew.
    pub(crate) operates: bool,
    /// Names this request in our log and, where we fail, in the answer.
    pub(crate) request: Uuid,
}

impl Asking {
    /// The asker behind a field.
    pub(crate) fn of<'a>(context: &Context<'a>) -> &'a Self {
        context.data_unchecked()
    }

    /// Refuses who is not an operator.
    pub(crate) fn operator(&self) -> Result<(), Refusal> {
        if self.operates {
            return Ok(());
        }
        Err(Refusal::new(
            Code::Forbidden,
            "This needs an API key with the scope \"operate\".",
        ))
    }

    /// Logs a failure of the store, once, and keeps its words from the client.
    pub(crate) fn read<T>(&self, result: Result<T, Error>) -> Result<T, Failed> {
        result.map_err(|error| self.failed(&error))
    }

    /// Logs a failure, once.
    pub(crate) fn failed(&self, error: &(dyn std::error::Error + 'static)) -> Failed {
        log_failure(self.request, Some(self.scope.source()), error)
    }
}

/// Logs why a request, or a part of it, could not be answered.
pub(crate) fn log_failure(
    request: Uuid,
    source: Option<&Source>,
    error: &(dyn std::error::Error + 'static),
) -> Failed {
    let source = source.map(Source::as_str);
    tracing::error!(request.id = %request, source, error, "a GraphQL request could not be answered");
    Failed(request)
}

const UNANSWERED: &str = "This could not be answered; our log has the reason under the request id.";

/// A failure that is in the log already, under this request's id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failed(pub(crate) Uuid);

impl From<Failed> for async_graphql::Error {
    fn from(Failed(request): Failed) -> Self {
        async_graphql::Error::new(UNANSWERED).extend_with(|_, extensions| {
            extensions.set("code", Code::Internal.as_str());
            extensions.set("requestId", request.to_string());
        })
    }
}
