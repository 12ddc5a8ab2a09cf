//! Standard Webhooks 1.0.0: `v1` (HMAC-SHA256) and `v1a` (Ed25519), with `webhook-*` or `svix-*` headers.

mod headers;
mod key;

use std::time::Duration;

use self::headers::Signed;
use self::key::Key;
use super::keys::Keys;
use super::timestamp;
use crate::{Proof, Refusal, Unverified, Verdict, Verifier};

pub use self::key::InvalidSecret;

/// Accepts what is signed by the rules of Standard Webhooks.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_ingest::StandardWebhooks;
///
/// let verifier = StandardWebhooks::new(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])?;
/// let verifier = verifier.tolerance(Duration::from_secs(60));
/// # Ok::<(), laurel_ingest::InvalidSecret>(())
/// ```
#[derive(Debug)]
pub struct StandardWebhooks {
    keys: Keys<Key>,
    tolerance: Duration,
}

impl StandardWebhooks {
    /// A verifier with any of these secrets, the first being the current one: `whsec_…` for `v1`, `whpk_…` (the
    /// sender's public key) for `v1a`.
    ///
    /// # Errors
    /// One of them is neither.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidSecret> {
        Ok(Self {
            keys: Keys::new(parse(secrets)?),
            tolerance: timestamp::TOLERANCE,
        })
    }

    /// Secrets that are refused, and whose use is told apart from a mistake.
    ///
    /// # Errors
    /// One of them is no secret of Standard Webhooks.
    pub fn revoking<'a>(
        mut self,
        secrets: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, InvalidSecret> {
        self.keys.revoke(parse(secrets)?);
        Ok(self)
    }

    /// How far the time of signing may lie from now, before or after; five minutes unless set.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }
}

fn parse<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Vec<Key>, InvalidSecret> {
    secrets.into_iter().map(Key::parse).collect()
}

impl Verifier for StandardWebhooks {
    fn kind(&self) -> &'static str {
        "standard-webhooks"
    }

    fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
        let signed = Signed::read(request.headers)?;
        timestamp::check(signed.seconds, request.now, self.tolerance)?;
        Ok(Verdict::by_body(move |body| {
            let fits = |key: &Key| key.fits(&signed, body);
            let proof = self.keys.find(fits, Refusal::BadSignature)?;
            // A sender that leaves the id empty does not tell its deliveries apart.
            let id = Some(signed.id).filter(|id| !id.is_empty());
            Ok(Proof {
                delivery_id: id.map(str::to_owned),
                ..proof
            })
        }))
    }
}
