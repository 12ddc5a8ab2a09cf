//! A page as an answer: its status, and headers that let nobody keep, frame or list it.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

use super::page::{Frame, Renderer, View};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// What is the same on every page. The token in the address is a credential: it is told to no other site.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    ),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (ROBOTS, HeaderValue::from_static("noindex, nofollow")),
    (VARY, HeaderValue::from_static("accept-language")),
];

pub(super) fn page(
    renderer: &Renderer,
    status: StatusCode,
    view: &View,
    frame: Frame<'_>,
) -> Response<Body> {
    let html = renderer.render(view, frame).unwrap_or_else(|error| {
        // The start has rendered them all.
        tracing::error!(%error, "a page cannot be rendered");
        String::new()
    });
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.extend(ALWAYS);
    for (name, value) in [
        (CONTENT_LANGUAGE, frame.language),
        (CONTENT_SECURITY_POLICY, &frame.look.policy),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("30"));
    }
    response
}
