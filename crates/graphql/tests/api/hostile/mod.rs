//! Hostile questions, by the rows of section D of `docs/bad-inputs.md`, as a client asks them: over the API's own routes
//! and on both databases.

mod bodies;
mod documents;
mod hang;
mod held;
mod pressure;
mod requests;
mod shapes;
mod values;

use axum::body::Body;
use axum::http::header::ACCEPT;
use axum::http::{HeaderValue, Request, StatusCode};
use serde_json::{Value, json};

use crate::client::{Api, codes, json_of};

/// No refusal is longer, whatever was asked.
const LONGEST: usize = 16 * 1024;

/// A query is refused with this code: before anything is read but the key, which may be known, in few words, with the status that the
/// client can read; and the next is answered.
async fn refused(api: &Api, query: &str, variables: Value, code: &str) {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let shown: String = query.chars().take(100).collect();
    for (accept, status) in [
        ("application/graphql-response+json", StatusCode::BAD_REQUEST),
        ("application/json", StatusCode::OK),
    ] {
        let before = api.app.database.store.statements();
        let mut request = api.post(body.clone());
        let accept = HeaderValue::from_static(accept);
        request.headers_mut().insert(ACCEPT, accept);
        let response = api.send(request).await;
        assert_eq!(response.status(), status, "{shown}");
        let answer = json_of(response).await;
        let read = api.app.database.store.statements() - before;
        let mut found = codes(&answer);
        found.dedup();
        assert_eq!(found, [code], "{shown}: {answer}");
        assert_eq!(answer.get("data"), None, "{shown}");
        assert!(
            read <= 1,
            "{shown}: {read} statements, and not the key alone"
        );
        assert!(answer.to_string().len() < LONGEST, "{shown}");
    }
    api.ask("{ __typename }", Value::Null).await;
}

/// A request is refused with this status and this code, before anything is read but the key, which may be known.
async fn turned_away(api: &Api, request: Request<Body>, status: StatusCode, code: &str) {
    let before = api.app.database.store.statements();
    let shown = format!("{} {:?}", request.uri(), request.headers());
    let response = api.send(request).await;
    assert_eq!(response.status(), status, "{shown}");
    let answer = json_of(response).await;
    assert_eq!(codes(&answer), [code], "{shown}");
    assert_eq!(answer.get("data"), None, "{shown}");
    let read = api.app.database.store.statements() - before;
    assert!(
        read <= 1,
        "{shown}: {read} statements, and not the key alone"
    );
}
