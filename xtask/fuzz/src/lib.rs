//! What the targets assert: the claims that the crates' own property tests make, included from there.

#[path = "../../../crates/payloads/tests/it/claims.rs"]
mod bodies;
#[path = "../../../crates/ingest/tests/credentials/claims.rs"]
mod credentials;
#[path = "../../../crates/ingest/tests/credentials/post.rs"]
mod post;
#[path = "../../../crates/payloads/tests/it/reference.rs"]
mod reference;

/// The scan and `serde_json` agree on what is JSON.
pub fn scan(body: &[u8]) {
    bodies::scan(body);
}

/// The canonical form is the content and nothing else.
pub fn canonical(body: &[u8]) {
    bodies::canonical(body);
}

/// An object is an event or is quarantined, and amounts are exact.
pub fn payload(body: &[u8]) {
    bodies::payload(body);
}

/// A secret opens whatever stands beside it, and nothing else does.
pub fn signature_headers(request: &[u8]) {
    credentials::hold(&credentials::Sent::cut(request));
}
