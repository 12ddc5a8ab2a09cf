//! Routes that are somebody else's.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use futures_util::FutureExt as _;
use laurel_store::{Clock, SystemClock};
use tokio::time::timeout;

use crate::Problem;

/// Has routes answer whatever their handlers do: 500 where one panics, 503 where one has not begun its answer after
/// `limit`. A body that is streamed may take longer.
///
/// ```
/// use std::time::Duration;
///
/// use axum::{Router, routing::get};
///
/// let badges = Router::new().route("/help", get(|| async { "Ask us.\n" }));
/// let badges = laurel_ingest::contained(badges, Duration::from_secs(30));
/// let router: Router = Router::new().nest("/badges", badges);
/// ```
pub fn contained(routes: Router, limit: Duration) -> Router {
    routes.layer(from_fn(move |request, next| answer(limit, request, next)))
}

async fn answer(limit: Duration, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let problem = match timeout(limit, answer).await {
        Ok(Ok(response)) => return response,
        Ok(Err(_)) => Problem::Broken,
        Err(_) => Problem::Unanswered,
    };
    let id = SystemClock.id();
    let reason = problem.reason();
    tracing::error!(request.id = %id, path, reason, "a route of an extension's failed");
    problem.answer(id)
}
