//! What is counted of every request: how it was answered, why it was refused, what it cost and how long it took. Labels
//! are of our own words: nothing that a client wrote becomes one.

use std::time::Instant;

use async_graphql::parser::types::OperationType;
use async_graphql::{ServerError, Value};
use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::middleware::Next;
use metrics::{counter, histogram};

use crate::error::Code;
use crate::guard::Cost;

/// What a request turned out to be, beside its answer.
#[derive(Clone, Copy)]
pub(super) struct Kind(pub(super) OperationType);

/// Counts a request by the status of its answer, and its time by the kind of its operation.
pub(super) async fn measure(request: Request, next: Next) -> Response<Body> {
    let start = Instant::now();
    let response = next.run(request).await;
    let kind = match response.extensions().get() {
        Some(Kind(OperationType::Query)) => "query",
        Some(Kind(OperationType::Mutation)) => "mutation",
        Some(Kind(OperationType::Subscription)) => "subscription",
        None => "none",
    };
    counter!("laurel_graphql_requests_total", "status" => response.status().as_u16().to_string())
        .increment(1);
    histogram!("laurel_graphql_request_seconds", "kind" => kind).record(start.elapsed());
    response
}

/// Counts the cost of what is let through.
pub(super) fn cost(cost: Cost) {
    // Beyond 2^32 it would have been refused.
    histogram!("laurel_graphql_query_cost")
        .record(u32::try_from(cost.requested).unwrap_or(u32::MAX));
}

/// Counts errors by their codes; the codes of extensions are "other".
pub(super) fn errors(errors: &[ServerError]) {
    for error in errors {
        let code = error.extensions.as_ref().and_then(|all| all.get("code"));
        let known = Code::ALL
            .iter()
            .find(|known| matches!(code, Some(Value::String(code)) if code == **known));
        counter!("laurel_graphql_errors_total", "code" => *known.unwrap_or(&"other")).increment(1);
    }
}
