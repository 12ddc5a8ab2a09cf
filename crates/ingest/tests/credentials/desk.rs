//! Intake over a database of its own, for sources that take what a test gives them.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::http::{HeaderMap, StatusCode};
use laurel_ingest::{AllowList, Intake, Settings, SourceSettings, Verifier, router};
use laurel_store::Source;
use laurel_testkit::TestDatabase;
use serde_json::Value;
use tower::ServiceExt;

use crate::post::Post;

pub(crate) struct Desk {
    router: Router,
    _database: TestDatabase,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// Less what names the request: the same for two requests that are told the same.
    pub(crate) fn anonymous(mut self) -> Self {
        let id = self.headers.remove("x-request-id").unwrap();
        let instance = self.body["instance"].take();
        assert_eq!(instance, format!("urn:uuid:{}", id.to_str().unwrap()));
        self
    }

    /// `401 stale`, `200 accepted`: the status and the code that comes with it.
    pub(crate) fn in_short(&self) -> String {
        let code = self.body.get("code").unwrap_or(&self.body["status"]);
        format!("{} {}", self.status.as_u16(), code.as_str().unwrap())
    }
}

impl Desk {
    pub(crate) async fn new(sources: Vec<SourceSettings>) -> Self {
        Self::behind(&[], sources).await
    }

    /// Behind proxies of our own.
    pub(crate) async fn behind(proxies: &[&str], sources: Vec<SourceSettings>) -> Self {
        let database = TestDatabase::sqlite().await;
        let settings = Settings {
            trusted_proxies: proxies
                .iter()
                .map(|network| network.parse().unwrap())
                .collect(),
            ..Settings::default()
        };
        let intake = Intake::start(database.store.clone(), sources, settings);
        Self {
            router: router(intake),
            _database: database,
        }
    }

    pub(crate) async fn post(&self, source: &str, post: &Post) -> Answer {
        let answer = self.router.clone().oneshot(post.to(source)).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = to_bytes(body, 1 << 16).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&body).unwrap(),
        }
    }
}

pub(crate) fn source(name: &str, verifiers: Vec<Arc<dyn Verifier>>) -> SourceSettings {
    SourceSettings::new(Source::new(name).unwrap(), verifiers)
}

pub(crate) fn allow(networks: &[&str]) -> AllowList {
    AllowList::new(
        networks
            .iter()
            .map(|network| network.parse().unwrap())
            .collect(),
    )
}
