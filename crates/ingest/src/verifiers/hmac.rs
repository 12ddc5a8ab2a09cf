//! HMAC over the raw body (RFC 2104), in the header, encoding and prefix that the sender uses.

use std::time::Duration;

use axum::http::HeaderName;
use ring::hmac;

use super::keys::Keys;
use super::signature::{any_is, base64, code, only};
use super::timestamp;
use crate::{Refusal, Unverified, Verdict, Verifier};

/// How a sender signs.
///
/// ```
/// use axum::http::HeaderName;
/// use laurel_ingest::{HmacSettings, HmacVerifier, SignedTime};
///
/// let mut settings = HmacSettings::new(HeaderName::from_static("x-signature"));
/// settings.prefix = "sha256=".to_owned();
/// settings.time = Some(SignedTime::new(HeaderName::from_static("x-timestamp")));
/// let verifier = HmacVerifier::new(settings, ["the current secret", "the one before"]);
/// ```
#[derive(Debug, Clone)]
pub struct HmacSettings {
    /// The header that holds the signature.
    pub header: HeaderName,
    /// The hash function.
    pub algorithm: HmacAlgorithm,
    /// What the signature is written in.
    pub encoding: SignatureEncoding,
    /// What stands before the signature, such as `sha256=`.
    pub prefix: String,
    /// The time that is signed as well, where one is. What is signed is then the header's value, a full stop and the
    /// body; else the body alone.
    pub time: Option<SignedTime>,
}

impl HmacSettings {
    /// SHA-256 in hexadecimal digits, over the body alone, in this header.
    pub fn new(header: HeaderName) -> Self {
        Self {
            header,
            algorithm: HmacAlgorithm::Sha256,
            encoding: SignatureEncoding::Hex,
            prefix: String::new(),
            time: None,
        }
    }
}

/// A header with the time of signing, in seconds since 1970.
///
/// ```
/// use std::time::Duration;
///
/// use axum::http::HeaderName;
/// use laurel_ingest::SignedTime;
///
/// let time = SignedTime::new(HeaderName::from_static("x-timestamp"));
/// assert_eq!(time.tolerance, Duration::from_secs(300));
/// ```
#[derive(Debug, Clone)]
pub struct SignedTime {
    /// Its name.
    pub header: HeaderName,
    /// How far it may lie from now, before or after.
    pub tolerance: Duration,
}

impl SignedTime {
    /// This header, and five minutes.
    pub fn new(header: HeaderName) -> Self {
        Self {
            header,
            tolerance: timestamp::TOLERANCE,
        }
    }
}

/// The hash function of an HMAC.
///
/// ```
/// use axum::http::HeaderName;
/// use laurel_ingest::{HmacAlgorithm, HmacSettings};
///
/// let mut settings = HmacSettings::new(HeaderName::from_static("x-signature"));
/// assert_eq!(settings.algorithm, HmacAlgorithm::Sha256);
/// settings.algorithm = HmacAlgorithm::Sha512;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HmacAlgorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// What a signature is written in.
///
/// ```
/// use axum::http::HeaderName;
/// use laurel_ingest::{HmacSettings, SignatureEncoding};
///
/// let mut settings = HmacSettings::new(HeaderName::from_static("x-signature"));
/// assert_eq!(settings.encoding, SignatureEncoding::Hex);
/// settings.encoding = SignatureEncoding::Base64;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureEncoding {
    /// Hexadecimal digits of either case.
    Hex,
    /// Base64 (RFC 4648, §4), with padding or without.
    Base64,
}

/// Accepts a body whose HMAC stands in a header.
///
/// ```
/// use axum::http::{HeaderMap, HeaderName};
/// use laurel_ingest::{HmacSettings, HmacVerifier, Refusal, Unverified, Verifier};
/// use laurel_payloads::Timestamp;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// // The second test case of RFC 4231, §4.3.
/// let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let verifier = HmacVerifier::new(HmacSettings::new(HeaderName::from_static("x-signature")), ["Jefe"]);
/// let mut headers = HeaderMap::new();
/// headers.insert("x-signature", code.parse()?);
/// let request = Unverified {
///     path_token: None,
///     query: None,
///     headers: &headers,
///     address: None,
///     now: Timestamp::from_micros(1_769_861_000_000_000),
/// };
/// let proof = verifier.verify(&request).and_then(|verdict| verdict.on(b"what do ya want for nothing?"));
/// assert_eq!(proof.map(|proof| proof.secret), Ok(0));
/// let another = verifier.verify(&request).and_then(|verdict| verdict.on(b"what do you want?"));
/// assert_eq!(another, Err(Refusal::BadSignature));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct HmacVerifier {
    settings: HmacSettings,
    keys: Keys<hmac::Key>,
}

impl HmacVerifier {
    /// A verifier with any of these secrets, the first being the current one. A secret's bytes are the key.
    pub fn new<'a>(settings: HmacSettings, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            keys: Keys::new(keys(settings.algorithm, secrets)),
            settings,
        }
    }

    /// Secrets that are refused, and whose use is told apart from a mistake.
    #[must_use]
    pub fn revoking<'a>(mut self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        self.keys.revoke(keys(self.settings.algorithm, secrets));
        self
    }

    fn decode(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let digits = signature.strip_prefix(self.settings.prefix.as_bytes())?;
        match self.settings.encoding {
            SignatureEncoding::Hex => hex::decode(digits).ok(),
            SignatureEncoding::Base64 => base64(digits),
        }
    }
}

fn keys<'a>(
    algorithm: HmacAlgorithm,
    secrets: impl IntoIterator<Item = &'a str>,
) -> Vec<hmac::Key> {
    let algorithm = match algorithm {
        HmacAlgorithm::Sha256 => hmac::HMAC_SHA256,
        HmacAlgorithm::Sha512 => hmac::HMAC_SHA512,
    };
    let secrets = secrets.into_iter().map(str::as_bytes);
    secrets
        .map(|secret| hmac::Key::new(algorithm, secret))
        .collect()
}

impl Verifier for HmacVerifier {
    fn kind(&self) -> &'static str {
        "hmac"
    }

    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        let HmacSettings { header, time, .. } = &self.settings;
        let signature = only(request.headers, header, Refusal::BadSignature)?;
        let signature = signature.ok_or(Refusal::Missing)?;
        let signed_at = match time {
            None => None,
            Some(time) => {
                let value = only(request.headers, &time.header, Refusal::BadTimestamp)?;
                let value = value.ok_or(Refusal::Missing)?;
                timestamp::check(timestamp::read(value)?, request.now, time.tolerance)?;
                Some(value)
            }
        };
        let presented = self.decode(signature).ok_or(Refusal::BadSignature)?;
        Ok(Verdict::by_body(move |body| {
            let fits = |key: &hmac::Key| {
                let code = match signed_at {
                    None => code(key, &[body]),
                    Some(time) => code(key, &[time, b".", body]),
                };
                any_is([presented.as_slice()], &code)
            };
            self.keys.find(fits, Refusal::BadSignature)
        }))
    }
}
