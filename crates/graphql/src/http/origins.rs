//! Web pages that ask from a browser (CORS): none may, unless it is configured.

use std::time::Duration;

use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Method};
use tower_http::cors::CorsLayer;

/// How long a browser may remember that it may ask.
const REMEMBERED: Duration = Duration::from_hours(1);

/// Lets pages of these origins read answers, each origin to the letter. A token is sent by the page itself, never by the
/// browser of its own accord: no page can use another's.
pub(super) fn layer(origins: &[HeaderValue]) -> Option<CorsLayer> {
    let layer = || {
        CorsLayer::new()
            .allow_origin(origins.to_vec())
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE])
            .expose_headers([RETRY_AFTER])
            .max_age(REMEMBERED)
    };
    (!origins.is_empty()).then(layer)
}
