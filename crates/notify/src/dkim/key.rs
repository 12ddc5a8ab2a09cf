//! `DkimKey`: a private key, Ed25519 or RSA, and the record that publishes its other half.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::rsa;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::SecretString;

/// A private key to sign mail with.
///
/// ```
/// use laurel_notify::dkim::DkimKey;
/// use secrecy::ExposeSecret as _;
///
/// let pem = DkimKey::generate()?; // to be kept
/// let key = DkimKey::from_pem(pem.expose_secret())?;
/// assert_eq!(key.algorithm(), "ed25519-sha256");
/// assert!(key.record().starts_with("v=DKIM1; k=ed25519; p="));
/// # Ok::<(), laurel_notify::dkim::InvalidKey>(())
/// ```
pub struct DkimKey(Kind);

enum Kind {
    Ed25519(Ed25519KeyPair),
    Rsa(rsa::KeyPair),
}

/// Why a key cannot be used. It never repeats the key.
///
/// ```
/// use laurel_notify::dkim::{DkimKey, InvalidKey};
///
/// assert_eq!(DkimKey::from_pem("sesame").err(), Some(InvalidKey::NotAKey));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidKey {
    /// Not PEM, or PEM of something else.
    #[error("holds no private key: expected PEM that begins with -----BEGIN PRIVATE KEY-----")]
    NotAKey,
    /// A private key for other signatures than DKIM's.
    #[error("is neither an Ed25519 key nor an RSA key of 2048 to 4096 bits")]
    Unsuitable,
    /// The machine has no randomness to give.
    #[error("cannot be made: the machine gives no random bits")]
    NoRandomness,
}

/// What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410 §7).
const ED25519_PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// The algorithm in the `SubjectPublicKeyInfo` of an RSA key (RFC 3279 §2.3.1).
const RSA_ALGORITHM: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];

impl DkimKey {
    /// Reads a key in PEM: PKCS#8 as `openssl genpkey` writes it, or an RSA key in its older form.
    ///
    /// # Errors
    ///
    /// The text holds no private key, or one that mail cannot be signed with.
    pub fn from_pem(pem: &str) -> Result<Self, InvalidKey> {
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| InvalidKey::NotAKey)?;
        match key {
            PrivateKeyDer::Pkcs8(key) => Self::from_pkcs8(key.secret_pkcs8_der()),
            PrivateKeyDer::Pkcs1(key) => rsa::KeyPair::from_der(key.secret_pkcs1_der())
                .map(|key| Self(Kind::Rsa(key)))
                .map_err(|_| InvalidKey::Unsuitable),
            _ => Err(InvalidKey::Unsuitable),
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, InvalidKey> {
        // OpenSSL writes no public key beside the private one, so there is nothing to check it against.
        if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self(Kind::Ed25519(key)));
        }
        let key = rsa::KeyPair::from_pkcs8(der).map_err(|_| InvalidKey::Unsuitable)?;
        Ok(Self(Kind::Rsa(key)))
    }

    /// Makes an Ed25519 key, in PEM.
    ///
    /// # Errors
    ///
    /// [`InvalidKey::NoRandomness`].
    pub fn generate() -> Result<SecretString, InvalidKey> {
        let mut seed = [0; 32];
        let filled = SystemRandom::new().fill(&mut seed);
        filled.map_err(|_| InvalidKey::NoRandomness)?;
        let key = BASE64.encode([&ED25519_PKCS8[..], &seed].concat());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
        Ok(pem.into())
    }

    /// The algorithm of its signatures, as `a=` names it.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match self.0 {
            Kind::Ed25519(_) => "ed25519-sha256",
            Kind::Rsa(_) => "rsa-sha256",
        }
    }

    /// The text of the TXT record that publishes its other half.
    #[must_use]
    pub fn record(&self) -> String {
        let (kind, public) = match &self.0 {
            Kind::Ed25519(key) => ("ed25519", key.public_key().as_ref().to_vec()),
            Kind::Rsa(key) => ("rsa", subject_public_key_info(key.public().as_ref())),
        };
        format!("v=DKIM1; k={kind}; p={}", BASE64.encode(public))
    }

    /// The signature over a text with this SHA-256, in base64. RFC 8463 §3 has Ed25519 sign the hash, too.
    pub(super) fn sign(&self, text: &[u8]) -> String {
        match &self.0 {
            Kind::Ed25519(key) => {
                let hash = ring::digest::digest(&ring::digest::SHA256, text);
                BASE64.encode(key.sign(hash.as_ref()))
            }
            Kind::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                let signed = key.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    text,
                    &mut signature,
                );
                // Fails only where the room for the signature is not as long as the modulus.
                signed.map_or_else(|_| String::new(), |()| BASE64.encode(signature))
            }
        }
    }
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm())
    }
}

/// A public key of RFC 8017 in the form that everybody publishes (RFC 6376 §3.6.1 would have it bare, and means this).
fn subject_public_key_info(key: &[u8]) -> Vec<u8> {
    let bits = [&[0], key].concat();
    der(0x30, &[&RSA_ALGORITHM[..], &der(0x03, &bits)].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut der = vec![tag];
    if content.len() >= 0x80 {
        der.push(0x80 | u8::try_from(length.len()).unwrap_or(u8::MAX));
    }
    der.extend(length);
    der.extend(content);
    der
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    /// RFC 8463, appendix A.
    const BRISBANE: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";

    #[test]
    fn the_record_of_a_known_key_is_the_known_one() {
        let key = DkimKey::from_pem(BRISBANE).unwrap();
        let record = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        assert_eq!(
            (key.algorithm(), key.record().as_str()),
            ("ed25519-sha256", record)
        );
    }

    #[test]
    fn a_key_that_was_made_can_be_read() {
        let (one, other) = (DkimKey::generate().unwrap(), DkimKey::generate().unwrap());
        assert_ne!(one.expose_secret(), other.expose_secret());
        let key = DkimKey::from_pem(one.expose_secret()).unwrap();
        assert_eq!(key.algorithm(), "ed25519-sha256");
        assert_eq!(format!("{key:?}"), "ed25519-sha256");
    }

    #[test]
    fn anything_else_is_refused_without_being_repeated() {
        for text in [
            "",
            "secret",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            assert_eq!(
                DkimKey::from_pem(text).err(),
                Some(InvalidKey::NotAKey),
                "{text}"
            );
        }
        let other = "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n";
        assert_eq!(DkimKey::from_pem(other).err(), Some(InvalidKey::Unsuitable));
    }
}
