//! A client of the API, and the histories that it asks about.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Request, Response};
use laurel_graphql::Settings;
use laurel_payloads::read;
use laurel_store::{KeyScope, NewEvent, Source};
use laurel_testkit::{FIXTURES, TestApp, TestDatabase};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The customer of the sample payloads.
pub(crate) const ANA: &str = "ana-0042";

/// The API over a database, and a key to it.
pub(crate) struct Api {
    pub(crate) app: TestApp,
    pub(crate) router: Router,
    pub(crate) key: String,
}

impl Api {
    /// The API for who may read.
    pub(crate) async fn new(database: TestDatabase) -> Self {
        Self::with(database, Settings::default()).await
    }

    /// The same, set up otherwise.
    pub(crate) async fn with(database: TestDatabase, settings: Settings) -> Self {
        let router = laurel_graphql::router(database.store.clone(), settings);
        let key = make_key(&database, &database.source(), &[KeyScope::Read]).await;
        let app = TestApp::new(database).await;
        Self { app, router, key }
    }

    /// The API with the story of the sample payloads in it.
    pub(crate) async fn with_story(database: TestDatabase) -> Self {
        Self::with_story_and(database, Settings::default()).await
    }

    /// The same, set up otherwise.
    pub(crate) async fn with_story_and(database: TestDatabase, settings: Settings) -> Self {
        let bodies: Vec<&[u8]> = FIXTURES.iter().map(|(_, body)| *body).collect();
        let api = Self::with(database, settings).await;
        api.receive(&bodies).await;
        api
    }

    /// The same API for another asker.
    pub(crate) async fn asked_by(mut self, source: &str, scopes: &[KeyScope]) -> Self {
        self.key = make_key(&self.app.database, &Source::new(source).unwrap(), scopes).await;
        self
    }

    /// The same API for a customer of the source, with a token that is made out for them.
    pub(crate) async fn asked_by_customer(self, customer: &str) -> Self {
        let mut api = self.asked_by("masivo", &[KeyScope::Admin]).await;
        api.key = api.token(customer).await;
        api
    }

    /// A token for a customer; the asker's key has the scope `admin`.
    pub(crate) async fn token(&self, customer: &str) -> String {
        let query = "mutation($id: ID!) { issueCustomerToken(input: { customerId: $id }) { token userErrors { message } } }";
        let told = self.ask(query, json!({ "id": customer })).await;
        let token = told["issueCustomerToken"]["token"].as_str();
        token.expect("a token").to_owned()
    }

    /// Receives bodies one after the other, and projects them.
    pub(crate) async fn receive(&self, bodies: &[&[u8]]) {
        self.receive_as("masivo", bodies).await;
    }

    /// The same for another source.
    pub(crate) async fn receive_as(&self, source: &str, bodies: &[&[u8]]) {
        let source = Source::new(source).unwrap();
        let now = self.app.database.store.clock().now();
        let events: Vec<NewEvent> = bodies
            .iter()
            .map(|body| {
                let reading = read(body).unwrap();
                NewEvent::new(
                    source.clone(),
                    body.to_vec(),
                    reading,
                    now,
                    Duration::from_hours(24),
                )
            })
            .collect();
        self.app.database.store.append(&events).await.unwrap();
        self.app.settle().await;
    }

    /// Asks, and is answered without an error.
    pub(crate) async fn ask(&self, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}");
        answer["data"].take()
    }

    /// Asks, and is answered with whatever comes.
    pub(crate) async fn answer(&self, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables }).to_string();
        json_of(self.send(self.post(body)).await).await
    }

    /// The codes of the errors in the answer to a query.
    pub(crate) async fn codes(&self, query: &str, variables: Value) -> Vec<String> {
        codes(&self.answer(query, variables).await)
    }

    /// A request with this body and this client's key.
    pub(crate) fn post(&self, body: impl Into<Body>) -> Request<Body> {
        let request =
            Request::post("/graphql").header(AUTHORIZATION, format!("Bearer {}", self.key));
        let request = request.header(CONTENT_TYPE, "application/json");
        request
            .header(ACCEPT, "application/graphql-response+json")
            .body(body.into())
            .unwrap()
    }

    /// A request for this address with this client's key.
    pub(crate) fn get(&self, address: &str) -> Request<Body> {
        let request = Request::get(address).header(AUTHORIZATION, format!("Bearer {}", self.key));
        request
            .header(ACCEPT, "application/graphql-response+json")
            .body(Body::empty())
            .unwrap()
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }
}

/// A key to a source, whose first use is noted already: that is a statement beside the request that makes it.
pub(crate) async fn make_key(
    database: &TestDatabase,
    source: &Source,
    scopes: &[KeyScope],
) -> String {
    let store = &database.store;
    let (_, key) = store
        .create_api_key(source, None, scopes)
        .await
        .expect("a key");
    let before = store.statements();
    store
        .authenticate(&key)
        .await
        .expect("an answer")
        .expect("the key");
    while store.statements() < before + 2 {
        tokio::task::yield_now().await;
    }
    key
}

/// The body of an answer.
pub(crate) async fn json_of(response: Response<Body>) -> Value {
    serde_json::from_slice(
        &to_bytes(response.into_body(), 16 * 1024 * 1024)
            .await
            .unwrap(),
    )
    .unwrap()
}

/// The codes of an answer's errors.
pub(crate) fn codes(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| {
            error["extensions"]["code"]
                .as_str()
                .unwrap_or("none")
                .to_owned()
        })
        .collect()
}

/// An accumulation of so many points by a customer, at a time.
pub(crate) fn accumulation(customer: &str, amount: &str, at: &str) -> Vec<u8> {
    format!(
        r#"{{"event":"CUSTOMER_ACCUMULATION","data":{{"customer_id":"{customer}","lines":[{{"amount":{amount},
        "reward_id":"points","brand_id":"cafe","issued_at":"{at}"}}],"wallet":{{"totals":[{{"total":{amount},
        "reward_id":"points","reward":{{"id":"points","name":"Points","type":"POINTS"}}}}]}}}}}}"#
    )
    .into_bytes()
}
