//! Secrets as Standard Webhooks writes them, and what each of them verifies.

use ring::{hmac, signature};
use subtle::Choice;

use super::headers::Signed;
use crate::verifiers::signature::{any_is, base64, code};

/// The shortest secret that the specification allows, in bytes.
const SHORTEST: usize = 24;

/// A secret that cannot be used.
///
/// ```
/// use laurel_ingest::{InvalidSecret, StandardWebhooks};
///
/// assert_eq!(StandardWebhooks::new(["sesame"]).err(), Some(InvalidSecret::Encoding));
/// assert_eq!(StandardWebhooks::new(["whsec_c2VzYW1l"]).err(), Some(InvalidSecret::Short));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// It does not decode.
    #[error("expected whsec_ or whpk_ and then base64")]
    Encoding,
    /// Fewer than 24 bytes.
    #[error("whsec_ is followed by fewer than 24 bytes")]
    Short,
    /// Not the 32 bytes of an Ed25519 public key.
    #[error("whpk_ is not followed by the 32 bytes of an Ed25519 public key")]
    PublicKey,
    /// The sender's own key, with which anybody could sign.
    #[error("whsk_ is the sender's private key; verifying takes the public one, whpk_")]
    PrivateKey,
}

pub(super) enum Key {
    /// `v1`
    Shared(hmac::Key),
    /// `v1a`
    Public(Vec<u8>),
}

impl Key {
    pub(super) fn parse(secret: &str) -> Result<Self, InvalidSecret> {
        let decode = |text: &str| base64(text.as_bytes()).ok_or(InvalidSecret::Encoding);
        if secret.starts_with("whsk_") {
            return Err(InvalidSecret::PrivateKey);
        }
        if let Some(text) = secret.strip_prefix("whpk_") {
            let key = decode(text)?;
            return if key.len() == signature::ED25519_PUBLIC_KEY_LEN {
                Ok(Self::Public(key))
            } else {
                Err(InvalidSecret::PublicKey)
            };
        }
        // The libraries of the specification take a secret without its prefix as well.
        let key = decode(secret.strip_prefix("whsec_").unwrap_or(secret))?;
        if key.len() < SHORTEST {
            return Err(InvalidSecret::Short);
        }
        Ok(Self::Shared(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    /// Whether one of the signatures is this key's. What is signed is `id.timestamp.body`.
    pub(super) fn fits(&self, signed: &Signed<'_>, body: &[u8]) -> Choice {
        let parts = [signed.id.as_bytes(), b".", signed.timestamp, b".", body];
        match self {
            Self::Shared(key) => {
                let presented = signed.signatures.v1.iter().map(<[u8; 32]>::as_slice);
                any_is(presented, &code(key, &parts))
            }
            Self::Public(key) => {
                let message = parts.concat();
                let key = signature::UnparsedPublicKey::new(&signature::ED25519, key);
                // Nothing here is secret: neither the key nor the signature.
                let mut presented = signed.signatures.v1a.iter();
                let fits = presented.any(|signature| key.verify(&message, signature).is_ok());
                Choice::from(u8::from(fits))
            }
        }
    }
}
