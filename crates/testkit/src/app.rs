//! A whole Laurel in one process: webhooks in, answers and mail out.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, StatusCode};
use laurel_dispatch::{Dispatcher, Drained, Replay, Subscriber, replay};
use laurel_notify::Sender;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{Mailbox, TestAppBuilder, TestDatabase};

pub(crate) const TOKEN: &str = "a-token-that-only-tests-know";
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
    pub(crate) router: Router,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) senders: Vec<Sender>,
    pub(crate) key: String,
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
        Self::builder(database).start().await
    }

    /// One that is put together part by part, as a `main` does it with `laurel::Platform`.
    ///
    /// ```rust,no_run
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// # use laurel_dispatch::History;
    /// # async fn example(database: TestDatabase) {
    /// let app = TestApp::builder(database)
    ///     .routes("/hello", |_store| axum::Router::new())
    ///     .start()
    ///     .await;
    /// # }
    /// ```
    pub fn builder(database: TestDatabase) -> TestAppBuilder {
        TestAppBuilder::new(database)
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
        let mut builder = Self::builder(database).settle_window(settle);
        builder.subscribers = subscribers;
        builder.start().await
    }

    /// Posts a webhook, and returns the answer's status and body.
    ///
    /// # Panics
    /// If the answer is not JSON.
    ///
    /// ```
    /// use laurel_testkit::fixture;
    /// # async fn example(app: laurel_testkit::TestApp) {
    /// let (status, answer) = app.post(fixture("04_tier_upgrade")).await;
    /// assert_eq!((status.as_u16(), &answer["status"]), (200, &"accepted".into()));
    /// # }
    /// ```
    pub async fn post(&self, body: &[u8]) -> (StatusCode, Value) {
        let path = format!("/webhooks/masivo/{TOKEN}");
        self.call(Request::post(path), body.to_vec()).await
    }

    /// Asks the API, with a key that may do everything.
    ///
    /// # Panics
    /// If the answer is not JSON.
    ///
    /// ```
    /// # async fn example(app: laurel_testkit::TestApp) {
    /// let answer = app.query(r#"{ customer(id: "ana-0042") { name } }"#).await;
    /// assert_eq!(answer["data"]["customer"]["name"], "Ana Gómez");
    /// # }
    /// ```
    pub async fn query(&self, query: &str) -> Value {
        let request =
            Request::post("/graphql").header(AUTHORIZATION, format!("Bearer {}", self.key));
        self.call(request, json!({ "query": query }).to_string().into_bytes())
            .await
            .1
    }

    /// Handles every event that is due and sends every message that is. A message that waits for its time, or for an
    /// address, may go on waiting.
    ///
    /// # Panics
    /// If an event is left over, or was given up; or a channel has refused a message, which was put off or given up.
    pub async fn settle(&self) {
        let left = self.drain().await;
        assert_eq!(
            left,
            Drained {
                pending: 0,
                dead: 0
            },
            "what is left of the deliveries"
        );
        let refused = self.database.refused_messages().await;
        assert!(
            refused.is_empty(),
            "messages that their channel refused:\n{}",
            refused.join("\n")
        );
    }

    /// Handles every event that is due and sends every message that is, and says what is left of the deliveries to
    /// subscribers: for a test of what fails.
    ///
    /// # Panics
    /// If the database does not answer.
    ///
    /// ```
    /// # async fn example(app: laurel_testkit::TestApp) {
    /// let left = app.drain().await;
    /// assert_eq!(left.dead, 1, "the subscriber gave one event up");
    /// # }
    /// ```
    pub async fn drain(&self) -> Drained {
        let left = self.dispatcher.drain().await.expect("a drain");
        for sender in &self.senders {
            sender.drain().await.expect("a drain");
        }
        left
    }

    /// Asks for a path, and returns the answer's status and body.
    ///
    /// # Panics
    /// If the body is not text.
    ///
    /// ```
    /// # async fn example(app: laurel_testkit::TestApp) {
    /// let (status, text) = app.get("/badges/help").await;
    /// assert_eq!(status.as_u16(), 200, "{text}");
    /// # }
    /// ```
    pub async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let (status, body) = self.answer(request).await;
        (status, String::from_utf8(body).expect("text"))
    }

    /// Posts JSON to a path with headers of its own, and returns the answer's status and body.
    ///
    /// # Panics
    /// If the answer is not JSON.
    ///
    /// ```
    /// # async fn example(app: laurel_testkit::TestApp) {
    /// let path = "/webhooks/webshop";
    /// let (status, _) = app.post_to(path, &[("x-partner", "wrong")], br#"{"event":"X","data":{}}"#).await;
    /// assert_eq!(status.as_u16(), 401);
    /// # }
    /// ```
    pub async fn post_to(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> (StatusCode, Value) {
        let request = headers
            .iter()
            .fold(Request::post(path), |request, (name, value)| {
                request.header(*name, *value)
            });
        self.call(request, body.to_vec()).await
    }

    /// Starts a subscriber over, as `laurel replay` does.
    ///
    /// # Panics
    /// If there is none of that name.
    ///
    /// ```
    /// # async fn example(app: laurel_testkit::TestApp) {
    /// app.replay("badges").await;
    /// app.settle().await; // it has been told of everything again
    /// # }
    /// ```
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
        let (status, body) = self.answer(request.expect("a request")).await;
        (status, serde_json::from_slice(&body).expect("JSON"))
    }

    async fn answer(&self, request: Request<Body>) -> (StatusCode, Vec<u8>) {
        let answer = self.router.clone().oneshot(request).await;
        let answer = answer.expect("an answer");
        let status = answer.status();
        let body = to_bytes(answer.into_body(), LIMIT).await.expect("a body");
        (status, body.to_vec())
    }
}
