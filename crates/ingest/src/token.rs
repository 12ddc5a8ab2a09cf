//! A shared secret, in the path or in the `Authorization` header.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::{Unverified, Verifier};

/// Accepts `POST /webhooks/{source}/{token}` and `Authorization: Bearer {token}`.
///
/// Several tokens are valid at once, so that one can be replaced without losing a webhook.
pub struct TokenVerifier {
    digests: Vec<[u8; 32]>,
}

impl std::fmt::Debug for TokenVerifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TokenVerifier")
            .field("tokens", &self.digests.len())
            .finish()
    }
}

impl TokenVerifier {
    /// A verifier that accepts any of these tokens.
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            digests: tokens.into_iter().map(digest).collect(),
        }
    }

    fn accepts(&self, presented: &str) -> Choice {
        let presented = digest(presented);
        // Digests have one length, and every one is compared: the time tells neither which nor how much matched.
        self.digests
            .iter()
            .fold(Choice::from(0), |accepted, digest| {
                accepted | digest.ct_eq(&presented)
            })
    }
}

impl Verifier for TokenVerifier {
    fn kind(&self) -> &'static str {
        "token"
    }

    fn verify(&self, request: &Unverified<'_>) -> bool {
        let in_path = self.accepts(request.path_token.unwrap_or_default());
        let in_header = self.accepts(bearer(request.headers).unwrap_or_default());
        (in_path | in_header).into()
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The token of `Authorization: Bearer …` (RFC 6750); none where the header is missing, repeated or another scheme's.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verify(path_token: Option<&str>, authorization: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(AUTHORIZATION, value.parse().expect("a header"));
        }
        let verifier = TokenVerifier::new(["new-secret", "old-secret"]);
        verifier.verify(&Unverified {
            path_token,
            headers: &headers,
            body: b"",
        })
    }

    #[test]
    fn any_valid_token_opens_in_the_path_or_in_the_header() {
        assert!(verify(Some("new-secret"), &[]));
        assert!(verify(Some("old-secret"), &[]));
        assert!(verify(None, &["Bearer new-secret"]));
        assert!(verify(None, &["bearer old-secret"]));
    }

    #[test]
    fn nothing_else_does() {
        for (path, header) in [
            (None, vec![]),
            (Some(""), vec![]),
            (Some("xew-secret"), vec![]),
            (Some("new-secreu"), vec![]),
            (Some("new-secret2"), vec![]),
            (None, vec!["new-secret"]),
            (None, vec!["Basic new-secret"]),
            (None, vec!["Bearer"]),
            (None, vec!["Bearer new-secret", "Bearer new-secret"]),
        ] {
            assert!(!verify(path, &header), "{path:?} {header:?}");
        }
    }
}
