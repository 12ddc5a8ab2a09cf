//! Who may post: an unverified request cannot become an event, by type.

use std::net::IpAddr;

use axum::http::HeaderMap;
use bytes::Bytes;
use laurel_payloads::Timestamp;

use crate::SourceSettings;

/// A request as it came, before anybody has vouched for it.
#[derive(Debug, Clone, Copy)]
pub struct Unverified<'a> {
    /// What follows the source in the path, where anything does: `POST /webhooks/{source}/{token}`.
    pub path_token: Option<&'a str>,
    /// What follows the `?`, still percent-encoded.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body, byte for byte.
    pub body: &'a Bytes,
    /// Where it comes from, past the proxies that are trusted; none where that cannot be known.
    pub address: Option<IpAddr>,
    /// The time of its receipt.
    pub now: Timestamp,
}

/// One way to authenticate a source.
///
/// Secrets are to be compared in constant time, and all of them, whichever matches.
pub trait Verifier: Send + Sync + 'static {
    /// What kind it is, for metrics: `token`, `hmac`, …
    fn kind(&self) -> &'static str;

    /// Whether the request is from the source, and by which of the secrets.
    ///
    /// # Errors
    /// Why it is not believed to be.
    fn verify(&self, request: &Unverified<'_>) -> Result<Proof, Refusal>;
}

/// What convinced a verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The place of the secret that matched: 0 is the current one, others are on their way out.
    pub secret: usize,
    /// The id of the delivery, where the sender signed one together with the body.
    pub delivery_id: Option<String>,
}

impl Proof {
    /// The secret at this place matched.
    pub fn by(secret: usize) -> Self {
        Self {
            secret,
            delivery_id: None,
        }
    }
}

/// Why a request is not believed. Where several verifiers refuse, the last of these tells the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Refusal {
    /// It carries no credential of this kind.
    Missing,
    /// Its credential is not this source's.
    Wrong,
    /// It comes from an address that is not allowed.
    Address,
    /// Its time is not a number of seconds since 1970, or is given more than once.
    BadTimestamp,
    /// No signature fits the body.
    BadSignature,
    /// It is signed, but too long ago, or for a time that is yet to come.
    Stale,
    /// Its secret was valid once, and has been revoked.
    Revoked,
}

impl Refusal {
    /// How it is known in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "auth_missing",
            Self::Wrong => "auth",
            Self::Address => "address",
            Self::BadTimestamp => "bad_timestamp",
            Self::BadSignature => "bad_signature",
            Self::Stale => "stale",
            Self::Revoked => "revoked",
        }
    }
}

/// A body that a verifier of its source has vouched for. Only this module makes one.
#[derive(Debug)]
pub(crate) struct Verified {
    body: Bytes,
    /// The kind of the verifier, and its place among those of the source.
    pub(crate) kind: &'static str,
    pub(crate) verifier: usize,
    pub(crate) proof: Proof,
}

impl Verified {
    /// Asks every verifier, so that a refusal costs the same whatever it is for.
    ///
    /// For a source that is not known, another one's verifiers stand in: the answer and the work are what they would be
    /// there, and whatever they say, the request is refused.
    pub(crate) fn new(
        source: Option<&SourceSettings>,
        stand_in: Option<&SourceSettings>,
        request: &Unverified<'_>,
    ) -> Result<Self, Refusal> {
        let asked = source.or(stand_in).ok_or(Refusal::Wrong)?;
        let verified = ask(asked, request)?;
        source.map(|_| verified).ok_or(Refusal::Wrong)
    }

    /// The body, and the delivery's id where one is signed with it.
    pub(crate) fn into_parts(self) -> (Bytes, Option<String>) {
        (self.body, self.proof.delivery_id)
    }
}

fn ask(source: &SourceSettings, request: &Unverified<'_>) -> Result<Verified, Refusal> {
    let mut verdict = Err(Refusal::Missing);
    for (place, verifier) in source.verifiers.iter().enumerate() {
        let answer = verifier.verify(request).map(|proof| Verified {
            body: request.body.clone(),
            kind: verifier.kind(),
            verifier: place,
            proof,
        });
        verdict = match (verdict, answer) {
            (Ok(first), _) => Ok(first),
            (Err(_), Ok(found)) => Ok(found),
            (Err(one), Err(other)) => Err(one.max(other)),
        };
    }
    match &source.allow {
        Some(allow) if !allow.admits(request.address) => Err(Refusal::Address),
        _ => verdict,
    }
}
