//! Who asks, and what they may see: put beside every request, so that no resolver can forget it.

use std::sync::Arc;
use std::time::Instant;

use async_graphql::{Context, ErrorExtensions, Pos, ServerError};
use laurel_payloads::CustomerId;
use laurel_store::{CustomerRecord, Error, Scope, Source};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use crate::caller::{Caller, Viewer};
use crate::error::{Code, Refusal};
use crate::turns::Token;

/// The request's credentials, as what they open.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// The one source that can be read.
    pub(crate) scope: Scope,
    /// Whether the key may see what operators see: the log, and events that nobody knew. No customer may.
    pub(crate) operates: bool,
    /// Whether the key may change what is kept: erase a customer, issue tokens. No customer may.
    pub(crate) administers: bool,
    /// Whose credentials they are.
    pub(crate) caller: Caller,
    /// When its answer is no use any more.
    pub(crate) until: Option<Instant>,
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

    /// Refuses who may not change what is kept.
    pub(crate) fn administrator(&self) -> Result<(), Refusal> {
        if self.administers {
            return Ok(());
        }
        Err(Refusal::new(
            Code::Forbidden,
            "This needs an API key with the scope \"admin\".",
        ))
    }

    /// What its turns and its budget are counted by: a customer has one share, however many tokens they have.
    pub(crate) fn token(&self) -> Token {
        match &self.caller {
            Caller::Key(id) => Token::Key(*id),
            Caller::Customer(viewer) => {
                Token::Customer(self.scope.source().clone(), viewer.id.clone())
            }
        }
    }

    /// The customer who asks about themselves; none where an API key asks.
    pub(crate) fn viewer(&self) -> Option<&Viewer> {
        match &self.caller {
            Caller::Key(_) => None,
            Caller::Customer(viewer) => Some(viewer),
        }
    }

    /// The customer, where the asker may see them. A customer who is asked about and may not be seen is noted.
    pub(crate) fn shown(&self, customer: Arc<CustomerRecord>) -> Option<Arc<CustomerRecord>> {
        match self.viewer() {
            Some(viewer) if !viewer.is(&customer) => {
                self.note_denial(viewer, &customer);
                None
            }
            _ => Some(customer),
        }
    }

    /// Whose id it is stays out of the log: whoever reads that the two met learns something about both.
    fn note_denial(&self, viewer: &Viewer, asked: &CustomerRecord) {
        let source = self.scope.source();
        let (who, whom) = (
            trace_of(source, &viewer.id),
            trace_of(source, &asked.customer_id),
        );
        tracing::warn!(
            event = "authz.denied", request.id = %self.request, %source, customer.hash = who, asked.hash = whom,
            "a customer token asked about another customer"
        );
    }

    /// Logs a failure of the store, once, and keeps its words from the client.
    pub(crate) fn read<T>(&self, result: Result<T, Error>) -> Result<T, Failed> {
        // Nobody waits for the answer: what would be read next is left.
        if self.until.is_some_and(|until| Instant::now() > until) {
            return Err(Failed(self.request));
        }
        result.map_err(|error| self.failed(&error))
    }

    /// Logs a failure, once.
    pub(crate) fn failed(&self, error: &(dyn std::error::Error + 'static)) -> Failed {
        log_failure(self.request, Some(self.scope.source()), error)
    }
}

/// By which an id can be recognised in the log by who has it already.
fn trace_of(source: &Source, id: &CustomerId) -> String {
    let digest = digest(&SHA256, format!("{source}:{id}").as_bytes());
    let hex = digest.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"));
    hex.collect()
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

/// A failure of the request as a whole.
impl From<Failed> for ServerError {
    fn from(failed: Failed) -> Self {
        let error = async_graphql::Error::from(failed).into_server_error(Pos::default());
        Self {
            locations: Vec::new(),
            ..error
        }
    }
}
