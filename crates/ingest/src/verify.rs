//! The ways to find out who posts: what a verifier is shown, and what it says.

use std::net::IpAddr;

use axum::http::HeaderMap;
use laurel_payloads::Timestamp;

/// A request as it came, before anybody has vouched for it and before its body was read.
///
/// ```
/// use axum::http::HeaderMap;
/// use laurel_ingest::{TokenVerifier, Unverified, Verifier};
/// use laurel_payloads::Timestamp;
///
/// # fn main() -> Result<(), laurel_ingest::Refusal> {
/// let headers = HeaderMap::new();
/// let request = Unverified {
///     path_token: Some("wh_current"),
///     query: None,
///     headers: &headers,
///     address: None,
///     now: Timestamp::from_micros(1_769_861_000_000_000),
/// };
/// let verifier = TokenVerifier::new(["wh_current", "wh_before"]);
/// let proof = verifier.verify(&request)?.on(b"{}")?;
/// assert_eq!(proof.secret, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Unverified<'a> {
    /// What follows the source in the path, where anything does: `POST /webhooks/{source}/{token}`.
    pub path_token: Option<&'a str>,
    /// What follows the `?`, still percent-encoded.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// Where it comes from, past the proxies that are trusted; none where that cannot be known.
    pub address: Option<IpAddr>,
    /// The time of its receipt.
    pub now: Timestamp,
}

/// One way to authenticate a source.
///
/// Secrets are to be compared in constant time, and all of them, whichever matches. [The crate's page](crate) has an
/// example of one that judges by a header; this one judges by the body:
///
/// ```
/// use laurel_ingest::{Proof, Refusal, Unverified, Verdict, Verifier};
///
/// /// Believes a body that ends as it should.
/// struct Ending(&'static [u8]);
///
/// impl Verifier for Ending {
///     fn kind(&self) -> &'static str {
///         "ending"
///     }
///
///     fn verify<'a>(&'a self, _: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
///         Ok(Verdict::by_body(|body| match body.ends_with(self.0) {
///             true => Ok(Proof::by(0)),
///             false => Err(Refusal::BadSignature),
///         }))
///     }
/// }
/// ```
pub trait Verifier: Send + Sync + 'static {
    /// What kind it is, for metrics: `token`, `hmac`, …
    fn kind(&self) -> &'static str;

    /// Whether the request is from the source, and by which of the secrets; or what to ask of its body, which is read
    /// only for requests that no verifier can judge, or that one believes already.
    ///
    /// # Errors
    /// Why it is not believed to be, whatever its body holds.
    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal>;
}

/// What a verifier says of a request that it does not refuse.
///
/// ```
/// use laurel_ingest::{Proof, Refusal, Verdict};
///
/// let at_once = Verdict::from(Proof::by(0));
/// assert_eq!(at_once.on(b"anything"), Ok(Proof::by(0)));
///
/// let later = Verdict::by_body(|body| match body {
///     b"sesame" => Ok(Proof::by(1)),
///     _ => Err(Refusal::BadSignature),
/// });
/// assert_eq!(later.on(b"sesame"), Ok(Proof::by(1)));
/// ```
pub enum Verdict<'a> {
    /// It is from the source.
    Proven(Proof),
    /// It may be: the body, byte for byte, decides. [`Verdict::by_body`] makes one.
    Open(Check<'a>),
}

/// What is asked of a body once it is there.
///
/// ```
/// use laurel_ingest::{Check, Proof, Refusal, Verdict};
///
/// let check: Check<'_> = Box::new(|body| if body.is_empty() { Err(Refusal::Missing) } else { Ok(Proof::by(0)) });
/// assert_eq!(Verdict::Open(check).on(b""), Err(Refusal::Missing));
/// ```
pub type Check<'a> = Box<dyn FnOnce(&[u8]) -> Result<Proof, Refusal> + Send + 'a>;

impl<'a> Verdict<'a> {
    /// The body decides, in this way.
    pub fn by_body(check: impl FnOnce(&[u8]) -> Result<Proof, Refusal> + Send + 'a) -> Self {
        Self::Open(Box::new(check))
    }

    /// What is left to say once the body is there.
    ///
    /// # Errors
    /// Why the request is not believed.
    pub fn on(self, body: &[u8]) -> Result<Proof, Refusal> {
        match self {
            Self::Proven(proof) => Ok(proof),
            Self::Open(check) => check(body),
        }
    }
}

impl From<Proof> for Verdict<'_> {
    fn from(proof: Proof) -> Self {
        Self::Proven(proof)
    }
}

impl std::fmt::Debug for Verdict<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Proven(proof) => formatter.debug_tuple("Proven").field(proof).finish(),
            Self::Open(_) => formatter.write_str("Open"),
        }
    }
}

/// What convinced a verifier.
///
/// ```
/// use laurel_ingest::Proof;
///
/// let mut proof = Proof::by(1);
/// proof.delivery_id = Some("msg_2b1f".to_owned());
/// assert_eq!(proof.secret, 1);
/// ```
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
///
/// ```
/// use laurel_ingest::Refusal;
///
/// assert_eq!(Refusal::Stale.as_str(), "stale");
/// assert_eq!([Refusal::BadSignature, Refusal::Missing].iter().max(), Some(&Refusal::BadSignature));
/// ```
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
    /// The verifier has panicked or hangs, so that it cannot be told: to be sent again.
    Failed,
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
            Self::Failed => "verifier_failed",
        }
    }
}
