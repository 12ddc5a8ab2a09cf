//! A shared secret, in the path or in the `Authorization` header.

use subtle::{Choice, ConstantTimeEq};

use super::authorization::credentials;
use super::keys::{Fingerprint, Keys};
use crate::{Refusal, Unverified, Verdict, Verifier};

/// Accepts `POST /webhooks/{source}/{token}` and `Authorization: Bearer {token}` (RFC 6750).
///
/// Several tokens are valid at once, so that one can be replaced without losing a webhook.
///
/// ```
/// use axum::http::{HeaderMap, header};
/// use laurel_ingest::{TokenVerifier, Unverified, Verifier};
/// use laurel_payloads::Timestamp;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = TokenVerifier::new(["wh_current", "wh_before"]);
/// let mut headers = HeaderMap::new();
/// headers.insert(header::AUTHORIZATION, "Bearer wh_before".parse()?);
/// let request = Unverified {
///     path_token: None,
///     query: None,
///     headers: &headers,
///     address: None,
///     now: Timestamp::from_micros(1_769_861_000_000_000),
/// };
/// let proof = verifier.verify(&request).and_then(|verdict| verdict.on(b"{}"));
/// assert_eq!(proof.map(|proof| proof.secret), Ok(1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TokenVerifier {
    keys: Keys<Fingerprint>,
}

impl TokenVerifier {
    /// A verifier that accepts any of these tokens, the first being the current one.
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            keys: Keys::new(tokens.into_iter().map(Fingerprint::of).collect()),
        }
    }

    /// Tokens that are refused, and whose use is told apart from a mistake.
    #[must_use]
    pub fn revoking<'a>(mut self, tokens: impl IntoIterator<Item = &'a str>) -> Self {
        self.keys
            .revoke(tokens.into_iter().map(Fingerprint::of).collect());
        self
    }
}

impl Verifier for TokenVerifier {
    fn kind(&self) -> &'static str {
        "token"
    }

    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        let bearer = credentials(request.headers, "Bearer");
        let presented = [request.path_token, bearer].map(|token| token.map(Fingerprint::of));
        let otherwise = if presented.iter().all(Option::is_none) {
            Refusal::Missing
        } else {
            Refusal::Wrong
        };
        let fits = |key: &Fingerprint| {
            let presented = presented.iter().flatten();
            presented.fold(Choice::from(0), |fits, token| fits | token.ct_eq(key))
        };
        Ok(self.keys.find(fits, otherwise)?.into())
    }
}
