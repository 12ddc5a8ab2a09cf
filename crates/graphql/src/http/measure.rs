//! What is counted of every request: how it was answered, and how long that took.

use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use axum::middleware::Next;
use metrics::{counter, histogram};

/// Counts a request by the status of its answer.
pub(super) async fn measure(request: Request, next: Next) -> Response<Body> {
    let start = Instant::now();
    let response = next.run(request).await;
    counter!("laurel_graphql_requests_total", "status" => response.status().as_u16().to_string())
        .increment(1);
    histogram!("laurel_graphql_request_seconds").record(start.elapsed());
    response
}
