//! A shared secret in the query, for senders that can do nothing else. URLs are logged by much that lies between a
//! sender and us, so it is for the operator to choose.

use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq;

use super::keys::{Fingerprint, Keys};
use crate::{Refusal, Unverified, Verdict, Verifier};

/// Accepts `POST /webhooks/{source}?{parameter}={token}`.
///
/// ```
/// use axum::http::HeaderMap;
/// use laurel_ingest::{QueryVerifier, Unverified, Verifier};
/// use laurel_payloads::Timestamp;
///
/// let verifier = QueryVerifier::new("token", ["wh_current"]);
/// let headers = HeaderMap::new();
/// let request = Unverified {
///     path_token: None,
///     query: Some("token=wh_current"),
///     headers: &headers,
///     address: None,
///     now: Timestamp::from_micros(1_769_861_000_000_000),
/// };
/// assert!(verifier.verify(&request).is_ok());
/// ```
#[derive(Debug)]
pub struct QueryVerifier {
    parameter: String,
    keys: Keys<Fingerprint>,
}

impl QueryVerifier {
    /// A verifier that accepts any of these tokens in this parameter, the first being the current one.
    pub fn new<'a>(parameter: &str, tokens: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            parameter: parameter.to_owned(),
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

    /// The parameter's values. A `+` stays what it is: tokens hold plus signs, not spaces.
    fn values<'a>(
        &self,
        query: Option<&'a str>,
    ) -> impl Iterator<Item = Fingerprint> + use<'a, '_> {
        let pairs = query.unwrap_or_default().split('&');
        let values = pairs.filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            (name == self.parameter).then_some(value)
        });
        values.map(|value| Fingerprint::of(percent_decode_str(value).collect::<Vec<u8>>()))
    }
}

impl Verifier for QueryVerifier {
    fn kind(&self) -> &'static str {
        "query"
    }

    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        let mut values = self.values(request.query);
        let presented = values.next().ok_or(Refusal::Missing)?;
        let proof = self.keys.find(|key| presented.ct_eq(key), Refusal::Wrong)?;
        // Two values may be read differently on the way here.
        values
            .next()
            .map_or(Ok(proof.into()), |_| Err(Refusal::Wrong))
    }
}
