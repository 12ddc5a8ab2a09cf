//! What an accepted request is told.

use axum::Json;
use axum::response::{IntoResponse, Response};
use laurel_store::{Appended, Outcome};
use serde_json::json;

/// `{"id": "…", "status": "accepted" | "duplicate" | "quarantined"}`
pub(crate) fn stored(appended: Appended) -> Response {
    Json(json!({ "id": appended.id, "status": status(appended.outcome) })).into_response()
}

pub(crate) fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "accepted",
        Outcome::Duplicate => "duplicate",
        Outcome::Quarantined => "quarantined",
    }
}
