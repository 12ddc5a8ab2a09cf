//! What an accepted request is told, and how every answer names its request.

use axum::Json;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use laurel_store::{Appended, Outcome};
use serde::Serialize;
use uuid::Uuid;

/// Names the request in the answer; a problem and the log do so, too.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Serialize)]
struct Stored {
    id: Uuid,
    status: &'static str,
}

/// `{"id": "…", "status": "accepted" | "duplicate" | "quarantined"}`
pub(crate) fn stored(request: Uuid, appended: Appended) -> Response {
    let stored = Stored {
        id: appended.id,
        status: status(appended.outcome),
    };
    named(request, Json(stored))
}

pub(crate) fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::Quarantined => "quarantined",
    }
}

/// The answer to the request of this id.
pub(crate) fn named(request: Uuid, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Ok(id) = HeaderValue::try_from(request.to_string()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}
