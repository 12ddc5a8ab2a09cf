//! A channel, a route, a root field, a verifier or a reader that is broken fails alone: it costs history, mail and intake
//! nothing.

use std::future::pending;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use async_graphql::{MergedObject, Object};
use async_trait::async_trait;
use axum::Router;
use axum::routing::get;
use futures_util::future::join_all;
use laurel_graphql::QueryRoot;
use laurel_ingest::{Proof, Refusal, SourceSettings, TokenVerifier, Unverified, Verdict, Verifier};
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, Hold, Refusal as Refused};
use laurel_payloads::{Heading, Reader, Unreadable};
use laurel_store::Source;
use laurel_testkit::{TestApp, TestDatabase, both_databases};
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::broken::{tell, unharmed};

both_databases!(
    channels_that_are_broken_cost_nothing_and_show_in_the_api,
    routes_that_are_broken_answer_with_a_problem_and_cost_nothing,
    root_fields_that_are_broken_cost_their_own_answers,
    verifiers_that_are_broken_cost_their_own_sources,
    a_reader_that_panics_costs_no_body,
);

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(30);

/// The ways to be broken.
#[derive(Clone, Copy)]
enum Broken {
    Panics,
    Hangs,
    Fails,
}

#[async_trait]
impl Channel for Broken {
    fn name(&self) -> &'static str {
        match self {
            Self::Panics => "panics",
            Self::Hangs => "hangs",
            Self::Fails => "fails",
        }
    }

    async fn deliver(&self, _: &Message, _: &Hold) -> Result<Delivery, Failure> {
        match self {
            Self::Panics => panic!("a bug of the extension's"),
            Self::Hangs => pending().await,
            Self::Fails => Err(Failure::Transient(Refused::by("gateway", "push", "no"))),
        }
    }
}

async fn channels_that_are_broken_cost_nothing_and_show_in_the_api(database: TestDatabase) {
    let app = TestApp::builder(database)
        .settle_window(Duration::ZERO)
        .patience(SHORT)
        .channel(Broken::Panics)
        .channel(Broken::Hangs)
        .channel(Broken::Fails)
        .start()
        .await;
    tell(&app).await;
    let left = app.drain().await;
    assert_eq!((left.pending, left.dead), (0, 0));
    unharmed(&app).await;

    // For days it is tried again; then it is given up.
    for (outcome, wait) in [("retry", 4), ("dead", 0)] {
        let answer = app
            .query(
                r#"{ customer(id: "ana-0042") { notifications(first: 100) { nodes {
                channel state attempts { outcome text } } } } }"#,
            )
            .await;
        let notifications = &answer["data"]["customer"]["notifications"]["nodes"];
        let last = |channel: &str| {
            let mut all = notifications.as_array().unwrap().iter();
            let tried = |one: &&Value| {
                let attempts = one["attempts"].as_array().unwrap();
                one["channel"] == channel && !attempts.is_empty()
            };
            let tried = all.rfind(tried);
            let attempts = tried.unwrap()["attempts"].as_array().unwrap();
            attempts.last().unwrap().clone()
        };
        for (channel, text) in [
            ("panics", "deliver: it panicked: a bug of the extension's"),
            ("hangs", "deliver: it took longer than its deadline"),
            ("fails", "push: no"),
        ] {
            assert_eq!(last(channel)["outcome"], outcome, "{channel}");
            assert_eq!(last(channel)["text"], text);
        }
        app.database
            .clock
            .advance(Duration::from_hours(24 * wait + 1));
        app.drain().await;
    }
}

async fn panics() {
    panic!("a bug of the extension's");
}

async fn routes_that_are_broken_answer_with_a_problem_and_cost_nothing(database: TestDatabase) {
    let routes = |_| {
        Router::new()
            .route("/panics", get(panics))
            .route("/hangs", get(pending::<()>))
    };
    let app = TestApp::builder(database)
        .settle_window(Duration::ZERO)
        .patience(SHORT)
        .routes("/broken", routes)
        .start()
        .await;
    let asked = async {
        for (path, status, code) in [
            ("/broken/panics", 500, "internal"),
            ("/broken/hangs", 503, "unavailable"),
        ] {
            let (answered, body) = app.get(path).await;
            let body: Value = serde_json::from_str(&body).unwrap();
            assert_eq!((answered.as_u16(), &body["code"]), (status, &code.into()));
        }
    };
    tokio::join!(asked, tell(&app));
    app.settle().await;
    unharmed(&app).await;
}

#[derive(Default)]
struct BrokenFields;

#[Object]
impl BrokenFields {
    /// Panics.
    async fn panics(&self) -> bool {
        "a bug of the extension's".parse().unwrap()
    }

    /// Hangs.
    async fn hangs(&self) -> bool {
        pending().await
    }
}

#[derive(Default, MergedObject)]
struct Query(QueryRoot, BrokenFields);

async fn root_fields_that_are_broken_cost_their_own_answers(database: TestDatabase) {
    let mut api = laurel_graphql::Settings {
        deadline: Duration::from_secs(2),
        ..laurel_graphql::Settings::default()
    };
    api.share.at_once = 2;
    let app = TestApp::builder(database)
        .settle_window(Duration::ZERO)
        .api(api)
        .query(Query::default())
        .start()
        .await;
    let code = |answer: &Value| answer["errors"][0]["extensions"]["code"].clone();
    assert_eq!(code(&app.query("{ panics }").await), "INTERNAL");
    let asked = join_all([app.query("{ hangs }"), app.query("{ hangs }")]);
    let (hung, ()) = tokio::join!(asked, tell(&app));
    assert!(hung.iter().all(|answer| code(answer) == "TIMEOUT"));
    app.settle().await;
    // The key has its turns back after a while; each question waits for one.
    let mut answer = app.query("{ __typename }").await;
    for _ in 0..20 {
        if code(&answer) != "RATE_LIMITED" {
            break;
        }
        answer = app.query("{ __typename }").await;
    }
    unharmed(&app).await;
}

/// Never knows who posts.
#[derive(Clone)]
enum Judge {
    Panics,
    Sees,
    /// Until the test is over.
    Hangs(Arc<Mutex<mpsc::Receiver<()>>>),
}

impl Verifier for Judge {
    fn kind(&self) -> &'static str {
        "broken"
    }

    fn verify<'a>(&'a self, _: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        match self {
            Self::Panics => panic!("a bug of the extension's"),
            Self::Sees => Ok(Verdict::by_body(|body| match body.first() {
                Some(b'{') => panic!("a bug of the extension's"),
                _ => Ok(Proof::by(0)),
            })),
            Self::Hangs(end) => {
                end.lock().unwrap().recv().ok();
                Err(Refusal::Wrong)
            }
        }
    }
}

fn source(name: &str, judge: Judge) -> SourceSettings {
    let token = TokenVerifier::new(["the-token"]);
    let verifiers: Vec<Arc<dyn Verifier>> = vec![Arc::new(judge), Arc::new(token)];
    SourceSettings::new(Source::new(name).unwrap(), verifiers)
}

async fn verifiers_that_are_broken_cost_their_own_sources(database: TestDatabase) {
    let (end, over) = mpsc::channel();
    let hangs = Judge::Hangs(Arc::new(Mutex::new(over)));
    let app = TestApp::builder(database)
        .settle_window(Duration::ZERO)
        .source(source("panics", Judge::Panics))
        .source(source("sees", Judge::Sees))
        .source(source("hangs", hangs))
        .start()
        .await;
    let app = Arc::new(app);
    for name in ["panics", "sees"] {
        let (status, answer) = app.post_to(&format!("/webhooks/{name}"), &[], b"{}").await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (503, &"unavailable".into())
        );
        // Whoever another verifier believes is let in all the same.
        let path = format!("/webhooks/{name}/the-token");
        let (status, _) = app.post_to(&path, &[], br#"{"event":"X","data":{}}"#).await;
        assert_eq!(status.as_u16(), 200, "{name}");
    }
    let mut held = JoinSet::new();
    for _ in 0..65 {
        let app = Arc::clone(&app);
        held.spawn(async move { app.post_to("/webhooks/hangs", &[], b"{}").await.0.as_u16() });
    }
    // It holds up 64 requests; who comes then is sent away.
    let first = timeout(LONG, held.join_next()).await.unwrap();
    assert_eq!(first.unwrap().unwrap(), 503);
    tell(&app).await;
    app.settle().await;
    unharmed(&app).await;
    drop(end);
    let others = timeout(LONG, held.join_all()).await.unwrap();
    assert_eq!(others, [401; 64]);
}

struct Illiterate;

impl Reader for Illiterate {
    fn format(&self) -> &'static str {
        "odd"
    }

    fn heading(&self, _: &[u8]) -> Result<Heading, Unreadable> {
        panic!("a bug of the extension's")
    }
}

async fn a_reader_that_panics_costs_no_body(database: TestDatabase) {
    let token = TokenVerifier::new(["the-token"]);
    let odd = SourceSettings {
        reader: Some(Arc::new(Illiterate)),
        ..SourceSettings::new(Source::new("odd").unwrap(), vec![Arc::new(token)])
    };
    let app = TestApp::builder(database)
        .settle_window(Duration::ZERO)
        .source(odd)
        .start()
        .await;
    let (_, answer) = app.post_to("/webhooks/odd/the-token", &[], b"{}").await;
    assert_eq!(answer["status"], "quarantined");
    tell(&app).await;
    app.settle().await;
    unharmed(&app).await;
}
