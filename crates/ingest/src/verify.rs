//! Who may post: an unverified request cannot become an event, by type.

use axum::http::HeaderMap;
use bytes::Bytes;

use crate::SourceSettings;

/// A request as it came, before anybody has vouched for it.
#[derive(Debug, Clone, Copy)]
pub struct Unverified<'a> {
    /// What follows the source in the path, where anything does: `POST /webhooks/{source}/{token}`.
    pub path_token: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// One way to authenticate a source.
///
/// Secrets are to be compared in constant time, and all of them, whichever matches.
pub trait Verifier: Send + Sync + 'static {
    /// What kind it is, for metrics: `token`, `hmac`, …
    fn kind(&self) -> &'static str;

    /// Whether the request is from the source.
    fn verify(&self, request: &Unverified<'_>) -> bool;
}

/// A body that a verifier of its source has vouched for. Only this module makes one.
#[derive(Debug)]
pub(crate) struct Verified {
    body: Bytes,
}

impl Verified {
    /// Asks every verifier, so that a refusal costs the same whatever it is for; an unknown source is asked for a token
    /// that nobody has.
    pub(crate) fn new(
        source: Option<&SourceSettings>,
        nobody: &dyn Verifier,
        path_token: Option<&str>,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Option<Self> {
        let request = Unverified {
            path_token,
            headers,
            body: &body,
        };
        let vouched = match source {
            Some(source) => source.verifiers.iter().fold(false, |vouched, verifier| {
                verifier.verify(&request) | vouched
            }),
            None => nobody.verify(&request) & false,
        };
        vouched.then_some(Self { body })
    }

    pub(crate) fn into_body(self) -> Bytes {
        self.body
    }
}
