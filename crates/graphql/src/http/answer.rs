//! Writing an answer: `{ errors, data, extensions }` with its status and media type.

use async_graphql::{Response as Outcome, ServerError, Value};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::accept::Media;
use crate::asking::Failed;
use crate::error::{Code, Refusal, with_code};

/// As many errors as anyone reads; a document can be wrong in thousands of places.
const MAX_ERRORS: usize = 20;

/// The body of an answer. `data` is absent, not null, where nothing was executed.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
}

/// What the engine made of a request. An error without a path is one of the request: a field's has one.
pub(super) fn outcome(media: Media, mut outcome: Outcome) -> Response<Body> {
    let executed =
        outcome.data != Value::Null || outcome.errors.iter().any(|error| !error.path.is_empty());
    outcome.errors.truncate(MAX_ERRORS);
    if executed {
        return write(
            media,
            StatusCode::OK,
            &Answer {
                errors: &outcome.errors,
                data: Some(&outcome.data),
            },
        );
    }
    name_errors(&mut outcome.errors);
    write(
        media,
        media.refused(),
        &Answer {
            errors: &outcome.errors,
            data: None,
        },
    )
}

/// What the engine made of an update: the payload of a message.
pub(crate) fn executed(mut outcome: Outcome) -> String {
    outcome.errors.truncate(MAX_ERRORS);
    let answer = Answer {
        errors: &outcome.errors,
        data: Some(&outcome.data),
    };
    serde_json::to_string(&answer).unwrap_or_default()
}

/// Gives a code to the errors of a request that was not executed, where they have none.
pub(crate) fn name_errors(errors: &mut [ServerError]) {
    for error in errors {
        if error.extensions.is_none() {
            with_code(error, validation_code(&error.message));
        }
    }
}

/// The engine has a text for its limits, and no code.
fn validation_code(message: &str) -> Code {
    match message {
        "Query is too complex." => Code::TooComplex,
        "Query is nested too deep." => Code::TooDeep,
        _ => Code::ValidationFailed,
    }
}

/// A request that was not executed, with a status that does not depend on the media type.
pub(crate) fn refusal(media: Media, status: StatusCode, refusal: Refusal) -> Response<Body> {
    write(
        media,
        status,
        &Answer {
            errors: &[refusal.into()],
            data: None,
        },
    )
}

/// A request that could not be answered at all, by our fault.
pub(super) fn failure(media: Media, failed: Failed) -> Response<Body> {
    write(
        media,
        StatusCode::INTERNAL_SERVER_ERROR,
        &Answer {
            errors: &[failed.into()],
            data: None,
        },
    )
}

fn write(media: Media, status: StatusCode, answer: &Answer<'_>) -> Response<Body> {
    // Serialising values of the engine to memory does not fail; were it to, the body would be empty.
    let body = serde_json::to_vec(answer).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
