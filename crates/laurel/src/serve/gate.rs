//! The public port before there is a database: every request is told to come back soon.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use laurel_ingest::Problem;
use laurel_store::{Clock, SystemClock};
use tower::ServiceExt;

/// What a router answers with, once it is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Gate(Arc<RwLock<Option<Router>>>);

impl Gate {
    /// From now on requests go to `router`.
    pub(super) fn open(&self, router: Router) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(router);
    }

    /// Gives up the router, and what it holds open.
    pub(super) fn close(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The router to serve meanwhile.
    pub(super) fn router(&self) -> Router {
        let gate = self.clone();
        Router::new().fallback(move |request: Request| async move {
            let router = gate
                .0
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            match router {
                Some(router) => router.oneshot(request).await.into_response(),
                None => Problem::Starting.answer(SystemClock.id()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
    use axum::routing::get;

    use super::*;

    #[tokio::test]
    async fn a38_requests_are_told_to_come_back_until_the_gate_opens() {
        let gate = Gate::default();
        let ask = async || {
            let request = Request::new(Body::empty());
            gate.router().oneshot(request).await.unwrap()
        };
        let told = ask().await;
        assert_eq!(told.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(told.headers()[CONTENT_TYPE], "application/problem+json");
        let after = told.headers()[RETRY_AFTER].to_str().unwrap();
        assert!((3..=7).contains(&after.parse::<u32>().unwrap()), "{after}");
        gate.open(Router::new().route("/", get(|| async { "here" })));
        let answered = ask().await;
        assert_eq!(answered.status(), StatusCode::OK);
        assert!(!answered.headers().contains_key(RETRY_AFTER));
    }
}
