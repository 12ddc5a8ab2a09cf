//! From what was asked to its answer: measured, paid for, in its turn, in time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::parser::types::OperationType;
use async_graphql::{ObjectType, Request as Query, Variables};
use axum::body::Body;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::accept::Media;
use super::answer;
use super::documents;
use super::measure::{self, Kind};
use super::method_not_allowed;
use super::nulls;
use super::order::Order;
use super::parameters::Parameters;
use crate::Api;
use crate::asking::Asking;
use crate::budget::Broke;
use crate::engine::{Batches, drive};
use crate::error::{Code, Refusal};
use crate::guard::{Admitted, Cost};
use crate::reads::{NamesOnce, reads};
use crate::turns::{Busy, Turn};

/// How much longer than its deadline a query may run: as long as the last statement that it began before may take.
const LAST_STATEMENT: Duration = Duration::from_secs(5);

/// Guards and executes what was asked.
pub(super) async fn run<Q: ObjectType + 'static>(
    api: &Arc<Api<Q>>,
    media: Media,
    asking: Asking,
    method: Method,
    parameters: Result<Parameters, Refusal>,
) -> Response<Body> {
    let Parameters {
        document,
        operation_name,
        variables,
    } = match parameters {
        Ok(parameters) => parameters,
        Err(refusal) => return answer::refusal(media, StatusCode::BAD_REQUEST, refusal),
    };
    let query = match documents::resolve(document, &asking, api.settings.documents.as_ref()) {
        Ok(query) => query,
        Err(refusal) => return answer::refusal(media, media.refused(), refusal),
    };
    let name = operation_name.filter(|name| !name.is_empty());
    let admitted = match api.guard.admit(&query, name.as_deref(), &variables) {
        Ok(admitted) => admitted,
        Err(refusal) => return answer::refusal(media, media.refused(), refusal),
    };
    let kind = admitted.kind;
    let mut response = if method == Method::GET && kind != OperationType::Query {
        method_not_allowed(media, "POST")
    } else {
        let asked = Asked {
            media,
            asking,
            name,
            variables,
        };
        asked.answer(api, query, admitted).await
    };
    response.extensions_mut().insert(Kind(kind));
    response
}

/// A request that has been measured.
struct Asked {
    media: Media,
    asking: Asking,
    name: Option<String>,
    variables: Variables,
}

impl Asked {
    /// Answers in the token's turn, out of the token's budget.
    async fn answer<Q: ObjectType + 'static>(
        mut self,
        api: &Arc<Api<Q>>,
        text: String,
        admitted: Admitted,
    ) -> Response<Body> {
        let Admitted {
            document,
            cost,
            asked,
            ..
        } = admitted;
        let media = self.media;
        let cost = match paid(api, &self.asking, cost) {
            Ok(cost) => cost,
            Err((refusal, Some(wait))) => return later(media, refusal, wait),
            Err((refusal, None)) => return answer::refusal(media, media.refused(), refusal),
        };
        let turn = match api.turns.take(self.asking.token()).await {
            Ok(turn) => turn,
            Err(Busy) => return later(media, busy().costing(cost), Duration::from_secs(1)),
        };
        measure::cost(cost);
        self.asking.until = Some(Instant::now() + api.settings.deadline);
        let order = Order::of(&document);
        let mut query = Query::new(text).variables(self.variables);
        if self.asking.viewer().is_some() || !api.settings.introspection {
            query = query.disable_introspection();
        }
        query.operation_name = self.name;
        query.set_parsed_query(document);
        execute(api, media, self.asking, query, turn, |mut outcome| {
            nulls::settle(&mut outcome, asked.document(), &api.guard.shape);
            outcome.data = order.apply(outcome.data);
            answer::outcome(media, outcome, cost)
        })
        .await
    }
}

/// Takes what an operation costs out of the budget of its token, where there is one; or says after what time there is
/// enough again, where there ever is.
pub(crate) fn paid<Q>(
    api: &Api<Q>,
    asking: &Asking,
    cost: Cost,
) -> Result<Cost, (Refusal, Option<Duration>)> {
    let Some(budget) = &api.budget else {
        return Ok(cost);
    };
    match budget.spend(&asking.token(), cost.requested) {
        Ok(left) => Ok(Cost {
            remaining: Some(left),
            ..cost
        }),
        Err(Broke::For(wait)) => {
            let message = "What this token may spend in a minute is spent.";
            let refusal = Refusal::new(Code::RateLimited, message);
            Err((refusal.costing(cost), Some(wait)))
        }
        Err(Broke::Always(budget)) => {
            let message = format!("The query costs more than the {budget} of a minute.");
            Err((Refusal::new(Code::TooComplex, message).costing(cost), None))
        }
    }
}

fn busy() -> Refusal {
    Refusal::new(
        Code::RateLimited,
        "Too many requests with this token are under way.",
    )
}

/// 429, and after how many seconds to come again: rounded up, or who comes a moment too early is sent away again.
fn later(media: Media, refusal: Refusal, wait: Duration) -> Response<Body> {
    let mut response = answer::refusal(media, StatusCode::TOO_MANY_REQUESTS, refusal);
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}

/// Executes in a task of its own: a read of the database that is cut short, because the client has left or the time
/// is up, would take its connection with it. What nobody waits for ends by itself: each statement has a time-out, after
/// the deadline no other one begins, and the token's turn lasts until then. What goes on all the same is no read of ours,
/// but an extension's field that hangs: it is dropped.
async fn execute<Q: ObjectType + 'static>(
    api: &Arc<Api<Q>>,
    media: Media,
    asking: Asking,
    query: Query,
    turn: Turn,
    answer: impl FnOnce(async_graphql::Response) -> Response<Body>,
) -> Response<Body> {
    let (request, until) = (asking.request, asking.until);
    let (schema, batches) = (api.schema.clone(), Batches::default());
    let query = query
        .data(reads(asking.clone(), &batches))
        .data(NamesOnce::default())
        .data(Arc::clone(&api.tokens))
        .data(api.settings.readers.clone())
        .data(asking);
    let limit = api.settings.deadline + LAST_STATEMENT;
    let work = async move {
        let work = drive(async move { schema.execute(query).await }, batches);
        let outcome = timeout(limit, work).await;
        drop(turn);
        outcome
    };
    let task = tokio::spawn(work.instrument(Span::current()));
    match timeout(api.settings.deadline, task).await {
        Ok(Ok(Ok(outcome))) if until.is_none_or(|until| Instant::now() <= until) => answer(outcome),
        Ok(Err(panic)) => answer::failure(media, crate::asking::log_failure(request, None, &panic)),
        Ok(Ok(_)) | Err(_) => {
            tracing::warn!(request.id = %request, "a GraphQL query took too long");
            let refusal = Refusal::new(Code::Timeout, "The answer took too long to make.");
            answer::refusal(media, StatusCode::SERVICE_UNAVAILABLE, refusal)
        }
    }
}
