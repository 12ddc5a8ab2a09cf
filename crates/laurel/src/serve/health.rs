//! The operator's port: `/livez`, `/readyz`, `/metrics`.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use laurel_store::Store;

use crate::telemetry::Metrics;

/// A database that takes longer to answer nothing is not ready for anything.
const PATIENCE: Duration = Duration::from_secs(2);

/// How far the server is.
#[derive(Clone, Debug)]
pub(super) struct Health {
    state: Arc<RwLock<State>>,
    metrics: Metrics,
}

#[derive(Clone, Debug)]
enum State {
    Starting,
    Ready(Store),
    Stopping,
}

impl Health {
    pub(super) fn new(metrics: Metrics) -> Self {
        Self {
            state: Arc::new(RwLock::new(State::Starting)),
            metrics,
        }
    }

    /// The migrations are done and the store answers.
    pub(super) fn ready(&self, store: Store) {
        self.set(State::Ready(store));
    }

    /// No new work, please.
    pub(super) fn stopping(&self) {
        self.set(State::Stopping);
    }

    fn set(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(super) fn router(&self) -> Router {
        let (health, metrics) = (self.clone(), self.metrics.clone());
        let exposition = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
        Router::new()
            .route("/livez", get(|| async { "alive\n" }))
            .route("/readyz", get(move || health.readiness()))
            .route(
                "/metrics",
                get(move || async move { (exposition, metrics.render()) }),
            )
    }

    async fn readiness(self) -> (StatusCode, &'static str) {
        let state = self
            .state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let unready = |reason| (StatusCode::SERVICE_UNAVAILABLE, reason);
        match state {
            State::Starting => unready("starting\n"),
            State::Stopping => unready("stopping\n"),
            State::Ready(store) => match tokio::time::timeout(PATIENCE, store.ping()).await {
                Ok(Ok(())) => (StatusCode::OK, "ready\n"),
                _ => unready("the database does not answer\n"),
            },
        }
    }
}
