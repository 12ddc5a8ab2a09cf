//! Writing an answer: `{ errors, data, extensions }` with its status and media type.

use async_graphql::{Response as Outcome, ServerError, Value};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::accept::Media;
use super::measure;
use crate::asking::Failed;
use crate::error::{Code, Refusal, with_code};
use crate::guard::Cost;

/// As many errors as anyone reads; a document can be wrong in thousands of places.
const MAX_ERRORS: usize = 20;
/// As much of a message, in bytes.
const MAX_MESSAGE: usize = 300;

/// The body of an answer. `data` is absent, not null, where nothing was executed.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<Extensions>,
}

#[derive(Serialize)]
struct Extensions {
    cost: Cost,
}

/// What the engine made of a request.
pub(super) fn outcome(media: Media, mut outcome: Outcome, cost: Cost) -> Response<Body> {
    let executed = is_executed(&outcome);
    name_errors(&mut outcome);
    write(
        media,
        if executed {
            StatusCode::OK
        } else {
            media.refused()
        },
        &Answer {
            errors: &outcome.errors,
            data: executed.then_some(&outcome.data),
            extensions: Some(Extensions { cost }),
        },
    )
}

/// What the engine made of an update: the payload of a message.
pub(crate) fn executed(mut outcome: Outcome) -> String {
    name_errors(&mut outcome);
    let answer = Answer {
        errors: &outcome.errors,
        data: Some(&outcome.data),
        extensions: None,
    };
    serde_json::to_string(&answer).unwrap_or_default()
}

/// An error without a path is one of the request: a field's has one.
fn is_executed(outcome: &Outcome) -> bool {
    outcome.data != Value::Null || outcome.errors.iter().any(|error| !error.path.is_empty())
}

/// Gives a code to the engine's own errors, which have none: of what it has not validated, the arguments of a field are
/// left.
pub(crate) fn name_errors(outcome: &mut Outcome) {
    let executed = is_executed(outcome);
    outcome.errors.truncate(MAX_ERRORS);
    for error in &mut outcome.errors {
        if error.extensions.is_none() {
            let code = if executed {
                Code::BadUserInput
            } else {
                validation_code(&error.message)
            };
            with_code(error, code);
            shorten(&mut error.message);
        }
    }
}

/// The engine repeats what it does not know, however long that is.
fn shorten(message: &mut String) {
    if message.len() > MAX_MESSAGE {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE));
        message.push('…');
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
            extensions: refusal.cost.map(|cost| Extensions { cost }),
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
            extensions: None,
        },
    )
}

fn write(media: Media, status: StatusCode, answer: &Answer<'_>) -> Response<Body> {
    measure::errors(answer.errors);
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
