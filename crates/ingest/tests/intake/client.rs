//! A sender of webhooks, and intake to send them to.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use laurel_ingest::{Intake, Settings, SourceSettings, TokenVerifier, router};
use laurel_store::{EventRecord, Source, Store, Tx};
use laurel_testkit::TestDatabase;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

pub(crate) const TOKEN: &str = "the-token-of-masivo";
pub(crate) const OTHER_TOKEN: &str = "the-token-of-another-source";
pub(crate) const HOOK: &str = "/webhooks/masivo/the-token-of-masivo";
pub(crate) const TIER: &[u8] =
    br#"{"event":"TIER_UPGRADE","data":{"customer_id":"ana-0042","to_tier_id":"gold"}}"#;

/// What intake answered.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON answer")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("an answer in UTF-8")
    }

    /// The status of a webhook that was taken.
    pub(crate) fn taken(&self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        self.json()["status"].as_str().expect("a status").to_owned()
    }

    /// Less what names the request: the same for two requests that are told the same.
    pub(crate) fn anonymous(mut self) -> Self {
        let id = self.headers.remove("x-request-id").expect("an id");
        let id = id.to_str().expect("an id").to_owned();
        self.body = self.text().replace(&id, "").into_bytes();
        self
    }

    pub(crate) fn id(&self) -> Uuid {
        self.json()["id"]
            .as_str()
            .and_then(|id| id.parse().ok())
            .expect("an id")
    }
}

/// Intake for the sources `masivo` and `other`.
pub(crate) fn intake(database: &TestDatabase) -> Router {
    intake_with(database, Settings::default())
}

pub(crate) fn intake_with(database: &TestDatabase, settings: Settings) -> Router {
    intake_over(&database.store, settings)
}

/// The same over a store, as another copy of the server would have.
pub(crate) fn intake_over(store: &Store, settings: Settings) -> Router {
    let sources = [("masivo", TOKEN), ("other", OTHER_TOKEN)].map(|(name, token)| {
        let verifier = TokenVerifier::new([token, "a-token-on-its-way-out"]);
        SourceSettings::new(Source::new(name).expect("a name"), vec![Arc::new(verifier)])
    });
    router(Intake::start(store.clone(), sources.into(), settings))
}

/// A webhook as Masivo posts it.
pub(crate) fn hook(body: impl Into<Body>) -> Request<Body> {
    request(Method::POST, HOOK, body)
}

pub(crate) fn request(method: Method, uri: &str, body: impl Into<Body>) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(uri)
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.into())
        .expect("a request")
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a whole answer");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.into(),
    }
}

pub(crate) async fn post(router: &Router, body: &[u8]) -> Answer {
    send(router, hook(body.to_vec())).await
}

/// A request that is under way: everything it can do without waiting has been done.
pub(crate) fn start<'a, T>(
    request: impl Future<Output = T> + 'a,
) -> Pin<Box<dyn Future<Output = T> + 'a>> {
    let mut request = Box::pin(request);
    let polled = request
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending), "it has to wait");
    request
}

/// Keeps every append waiting until the transaction ends.
pub(crate) async fn hold_the_writer(database: &TestDatabase) -> Tx {
    let tx = database.store.begin().await.expect("a transaction");
    // On SQLite the transaction suffices; on PostgreSQL a restart holds appends off.
    assert!(!tx.restart("nobody").await.expect("a lock"));
    tx
}

/// Every event of the source `masivo`, oldest first.
pub(crate) async fn log(database: &TestDatabase) -> Vec<EventRecord> {
    let scope = database.store.scope(&database.source());
    let page = laurel_store::PageRequest::first(1_000);
    let page = scope
        .events(&laurel_store::EventFilter::default(), &page)
        .await;
    let mut events = page.expect("a page").items;
    events.reverse();
    events
}

/// Runs SQL beside the store.
pub(crate) async fn run(database: &TestDatabase, sqlite: &str, postgres: &str) {
    let tx = database.store.begin().await.expect("a transaction");
    let backend = tx.connection().get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        postgres
    } else {
        sqlite
    };
    let statement = Statement::from_string(backend, sql);
    tx.connection()
        .execute_raw(statement)
        .await
        .expect("a statement that runs");
    tx.commit().await.expect("a commit");
}
