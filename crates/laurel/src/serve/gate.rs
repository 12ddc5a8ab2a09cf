//! The public port before there is a database: every request is told to come back soon.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
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
                None => come_back(),
            }
        })
    }
}

fn come_back() -> Response {
    let problem = r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"the server is starting: send it again","code":"starting"}"#;
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, problem).into_response();
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;

    use super::*;

    #[tokio::test]
    async fn requests_are_told_to_come_back_until_the_gate_opens() {
        let gate = Gate::default();
        let ask = async || {
            let response = gate
                .router()
                .oneshot(Request::new(Body::empty()))
                .await
                .unwrap();
            (
                response.status(),
                response.headers().get(RETRY_AFTER).cloned(),
            )
        };
        assert_eq!(
            ask().await,
            (
                StatusCode::SERVICE_UNAVAILABLE,
                Some(HeaderValue::from_static("5"))
            )
        );
        gate.open(Router::new().route("/", get(|| async { "here" })));
        assert_eq!(ask().await, (StatusCode::OK, None));
    }
}
