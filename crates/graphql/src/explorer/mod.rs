//! The explorer: a page to try queries with, served from the binary and holding no data of anybody's.
//!
//! It loads nothing from elsewhere and runs nothing but its own files: the policy that is sent with it says so.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::routing::get;
use ring::digest::{SHA256, digest};

/// What the page may load and do. Its own scripts and sheet, and the API of its own server.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    // A new version of the server has new files under the same names.
    (CACHE_CONTROL, "no-cache"),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";
const PAGE: File = File("text/html; charset=utf-8", include_str!("index.html"));

/// A file's type and contents.
#[derive(Clone, Copy)]
struct File(&'static str, &'static str);

/// The page's files, by their names.
const FILES: [(&str, File); 12] = [
    (
        "style.css",
        File("text/css; charset=utf-8", include_str!("style.css")),
    ),
    (
        "laurel.svg",
        File("image/svg+xml", include_str!("laurel.svg")),
    ),
    ("main.js", File(SCRIPT, include_str!("main.js"))),
    ("editor.js", File(SCRIPT, include_str!("editor.js"))),
    ("highlight.js", File(SCRIPT, include_str!("highlight.js"))),
    ("operations.js", File(SCRIPT, include_str!("operations.js"))),
    ("past.js", File(SCRIPT, include_str!("past.js"))),
    ("request.js", File(SCRIPT, include_str!("request.js"))),
    ("samples.js", File(SCRIPT, include_str!("samples.js"))),
    ("schema.js", File(SCRIPT, include_str!("schema.js"))),
    ("tabs.js", File(SCRIPT, include_str!("tabs.js"))),
    ("theme.js", File(SCRIPT, include_str!("theme.js"))),
];

/// The page at `/`, and its files.
pub(crate) fn routes() -> Router {
    Router::new()
        .route(
            "/",
            get(|headers: HeaderMap| async move { serve(PAGE, &headers) }),
        )
        .route("/explorer/{file}", get(file))
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    match FILES.iter().find(|(known, _)| *known == name) {
        Some((_, file)) => serve(*file, &headers),
        None => with_headers(StatusCode::NOT_FOUND, Body::empty()),
    }
}

/// The file, unless the browser has it as it is.
fn serve(File(kind, contents): File, asked: &HeaderMap) -> Response<Body> {
    let tag = format!(
        "\"{}\"",
        hex::encode(&digest(&SHA256, contents.as_bytes()).as_ref()[..8])
    );
    let known = asked.get(IF_NONE_MATCH);
    let mut response = if known.is_some_and(|known| known == tag.as_str()) {
        with_headers(StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        with_headers(StatusCode::OK, Body::from(contents))
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}

fn with_headers(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
