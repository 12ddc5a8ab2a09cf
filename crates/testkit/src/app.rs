//! A whole Laurel in one process: webhooks in, answers and mail out.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use laurel_dispatch::{Dispatcher, Drained, History, Replay, Subscriber, replay};
use laurel_ingest::{Intake, SourceSettings, TokenVerifier};
use laurel_notify::{MailSubscriber, Sender};
use laurel_store::KeyScope;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{Mailbox, TestDatabase};

const TOKEN: &str = "a-token-that-only-tests-know";
const LIMIT: usize = 4 << 20;

/// A Laurel over a test's database, whose clock stands still and whose queues move only when they are told to.
///
/// ```rust,no_run
/// # use laurel_testkit::{TestApp, TestDatabase, fixture};
/// # async fn example(database: TestDatabase) {
/// let app = TestApp::new(database).await;
/// app.post(fixture("01_customer_registration")).await;
/// app.settle().await;
/// let answer = app.query(r#"{ customer(id: "ana-0042") { name } }"#).await;
/// assert_eq!(answer["data"]["customer"]["name"], "Ana Gómez");
/// # }
/// ```
pub struct TestApp {
    /// The database under it.
    pub database: TestDatabase,
    /// What it would have mailed.
    pub mailbox: Mailbox,
    router: Router,
    dispatcher: Dispatcher,
    sender: Sender,
    key: String,
}

impl std::fmt::Debug for TestApp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TestApp")
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl TestApp {
    /// A Laurel as it comes, with a settle window of a minute.
    pub async fn new(database: TestDatabase) -> Self {
        Self::with(database, Duration::from_mins(1), Vec::new()).await
    }

    /// The same with a settle window of its own and with subscribers of an extension.
    ///
    /// # Panics
    /// If a part of it does not start.
    pub async fn with(
        database: TestDatabase,
        settle: Duration,
        subscribers: Vec<Arc<dyn Subscriber>>,
    ) -> Self {
        let store = database.store.clone();
        let built_in = Dispatcher::new(store.clone(), laurel_dispatch::Settings::default())
            .subscriber(Arc::new(History))
            .subscriber(Arc::new(MailSubscriber::new(settle)));
        let dispatcher = subscribers
            .into_iter()
            .fold(built_in, Dispatcher::subscriber);
        dispatcher.register().await.expect("the subscribers");

        let mailbox = Mailbox::default();
        let settings = laurel_notify::Settings {
            settle,
            ..laurel_notify::Settings::new("club@example.com")
        };
        let sender = Sender::new(store.clone(), Arc::new(mailbox.clone()), settings);

        let token = TokenVerifier::new([TOKEN]);
        let source = SourceSettings::new(database.source(), vec![Arc::new(token)]);
        let intake = Intake::start(
            store.clone(),
            vec![source],
            laurel_ingest::Settings::default(),
        );
        let router = laurel_ingest::router(intake).merge(laurel_graphql::router(
            store.clone(),
            laurel_graphql::Settings::default(),
        ));
        let key = store
            .create_api_key(&database.source(), None, &KeyScope::ALL)
            .await;
        Self {
            router,
            mailbox,
            dispatcher,
            sender: sender.expect("a sender"),
            key: key.expect("a key").1,
            database,
        }
    }

    /// Posts a webhook, and returns the answer's status and body.
    ///
    /// # Panics
    /// If the answer is not JSON.
    pub async fn post(&self, body: &[u8]) -> (StatusCode, Value) {
        let path = format!("/webhooks/masivo/{TOKEN}");
        self.call(Request::post(path), body.to_vec()).await
    }

    /// Asks the API, with a key that may do everything.
    ///
    /// # Panics
    /// If the answer is not JSON.
    pub async fn query(&self, query: &str) -> Value {
        let request =
            Request::post("/graphql").header(AUTHORIZATION, format!("Bearer {}", self.key));
        self.call(request, json!({ "query": query }).to_string().into_bytes())
            .await
            .1
    }

    /// Handles every event that is due and sends every mail that is.
    ///
    /// # Panics
    /// If an event is left over, or was given up.
    pub async fn settle(&self) {
        let left = self.dispatcher.drain().await.expect("a drain");
        assert_eq!(
            left,
            Drained {
                pending: 0,
                dead: 0
            },
            "what is left of the deliveries"
        );
        self.sender.drain().await.expect("a drain");
    }

    /// Starts a subscriber over, as `laurel replay` does.
    ///
    /// # Panics
    /// If there is none of that name.
    pub async fn replay(&self, subscriber: &str) {
        let replay = replay(&self.dispatcher, subscriber)
            .await
            .expect("a replay");
        assert_eq!(replay, Replay::Started);
    }

    async fn call(
        &self,
        request: axum::http::request::Builder,
        body: Vec<u8>,
    ) -> (StatusCode, Value) {
        let request = request
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(body));
        let request = request.expect("a request");
        let answer = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let status = answer.status();
        let body = to_bytes(answer.into_body(), LIMIT).await.expect("a body");
        (status, serde_json::from_slice(&body).expect("JSON"))
    }
}
