//! HTTP Basic (RFC 7617): what a sender makes of `https://user:password@host/…`.

use subtle::ConstantTimeEq;

use super::authorization::credentials;
use super::keys::{Fingerprint, Keys};
use super::signature::base64;
use crate::{Refusal, Unverified, Verdict, Verifier};

/// Accepts `Authorization: Basic` with one user's name and any of the passwords.
///
/// ```
/// use axum::http::{HeaderMap, header};
/// use laurel_ingest::{BasicVerifier, Refusal, Unverified, Verifier};
/// use laurel_payloads::Timestamp;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = BasicVerifier::new("masivo", ["sesame"]).revoking(["before"]);
/// let mut headers = HeaderMap::new();
/// headers.insert(header::AUTHORIZATION, "Basic bWFzaXZvOmJlZm9yZQ==".parse()?); // masivo:before
/// let request = Unverified {
///     path_token: None,
///     query: None,
///     headers: &headers,
///     address: None,
///     now: Timestamp::from_micros(1_769_861_000_000_000),
/// };
/// assert_eq!(verifier.verify(&request).err(), Some(Refusal::Revoked));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct BasicVerifier {
    user: String,
    keys: Keys<Fingerprint>,
}

impl BasicVerifier {
    /// A verifier for this user, who has no colon in their name, with any of these passwords, the first being the
    /// current one.
    pub fn new<'a>(user: &str, passwords: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            keys: Keys::new(fingerprints(user, passwords)),
            user: user.to_owned(),
        }
    }

    /// Passwords that are refused, and whose use is told apart from a mistake.
    #[must_use]
    pub fn revoking<'a>(mut self, passwords: impl IntoIterator<Item = &'a str>) -> Self {
        self.keys.revoke(fingerprints(&self.user, passwords));
        self
    }
}

fn fingerprints<'a>(user: &str, passwords: impl IntoIterator<Item = &'a str>) -> Vec<Fingerprint> {
    let pairs = passwords
        .into_iter()
        .map(|password| format!("{user}:{password}"));
    pairs.map(Fingerprint::of).collect()
}

impl Verifier for BasicVerifier {
    fn kind(&self) -> &'static str {
        "basic"
    }

    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        let presented = credentials(request.headers, "Basic").ok_or(Refusal::Missing)?;
        // What does not decode is compared as well, as nothing: it takes as long.
        let presented = Fingerprint::of(base64(presented.as_bytes()).unwrap_or_default());
        let proof = self.keys.find(|key| presented.ct_eq(key), Refusal::Wrong)?;
        Ok(proof.into())
    }
}
