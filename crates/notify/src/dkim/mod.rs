//! DKIM (RFC 6376, RFC 8463): a mail is signed in the name of its sender's domain, once with each key.
//!
//! Not lettre's, which signs four headers and brings a library for RSA with an open advisory. What is signed must come to
//! the relay as it stands: nothing is changed after [`Dkim::sign`].

mod canonical;
mod key;
mod selector;
mod signature;

use std::sync::Arc;

use laurel_payloads::Timestamp;

pub use self::key::{DkimKey, InvalidKey};
pub use self::selector::{InvalidSelector, Selector};

use self::signature::Signed;

/// The keys that mails are signed with; without any they go out as they are.
///
/// ```
/// use laurel_notify::dkim::{Dkim, DkimKey, Signer};
/// use laurel_payloads::Timestamp;
/// use secrecy::ExposeSecret as _;
///
/// let key = DkimKey::from_pem(DkimKey::generate()?.expose_secret())?;
/// let dkim = Dkim::new(None, vec![Signer { selector: "laurel-2026".parse()?, key }]);
/// let raw = b"From: club@example.com\r\nSubject: Hello\r\n\r\nHow are you?\r\n".to_vec();
/// let signed = dkim.sign(raw, "example.com", Timestamp::from_micros(1_769_861_000_000_000));
/// assert!(signed.starts_with(b"DKIM-Signature: v=1; a=ed25519-sha256;"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Dkim {
    domain: Option<Arc<str>>,
    signers: Arc<[Signer]>,
}

/// A key, and where receivers find its other half.
///
/// ```
/// use laurel_notify::dkim::{DkimKey, Signer};
/// use secrecy::ExposeSecret as _;
///
/// let key = DkimKey::from_pem(DkimKey::generate()?.expose_secret())?;
/// let signer = Signer { selector: "laurel-2026".parse()?, key };
/// println!("{} TXT {}", signer.selector.record_name("example.com"), signer.key.record());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Signer {
    /// The name under which the domain publishes the key.
    pub selector: Selector,
    /// The key.
    pub key: DkimKey,
}

impl Dkim {
    /// Signs for `domain`, or for the domain that a mail is from. A mail gets a signature of each signer: receivers
    /// that do not know Ed25519 yet pass over it, and look at the one with RSA.
    #[must_use]
    pub fn new(domain: Option<&str>, signers: Vec<Signer>) -> Self {
        Self {
            domain: domain.map(Arc::from),
            signers: signers.into(),
        }
    }

    /// The keys, in the order of their signatures.
    #[must_use]
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// The domain that answers for mail from `from`.
    #[must_use]
    pub fn domain<'a>(&'a self, from: &'a str) -> &'a str {
        self.domain.as_deref().unwrap_or(from)
    }

    /// `raw`, a whole message from somebody at the domain `from`, with its signatures before it.
    #[must_use]
    pub fn sign(&self, raw: Vec<u8>, from: &str, now: Timestamp) -> Vec<u8> {
        if self.signers.is_empty() {
            return raw;
        }
        let signed = Signed::of(&raw);
        let domain = self.domain(from);
        let mut all = Vec::with_capacity(raw.len() + 1024 * self.signers.len());
        for signer in self.signers.iter() {
            all.extend(signed.by(signer, domain, now).into_bytes());
        }
        all.extend(raw);
        all
    }
}
