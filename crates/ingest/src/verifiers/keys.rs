//! The secrets of one verifier: the current one, those valid beside it, and those no longer valid.

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::{Proof, Refusal};

/// Keys by whether they open.
pub(super) struct Keys<K> {
    valid: Vec<K>,
    revoked: Vec<K>,
}

/// Keys never print; their number does.
impl<K> std::fmt::Debug for Keys<K> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Keys")
            .field("valid", &self.valid.len())
            .field("revoked", &self.revoked.len())
            .finish()
    }
}

impl<K> Keys<K> {
    pub(super) fn new(valid: Vec<K>) -> Self {
        Self {
            valid,
            revoked: Vec::new(),
        }
    }

    pub(super) fn revoke(&mut self, revoked: Vec<K>) {
        self.revoked = revoked;
    }

    /// The key that fits. Every one is tried, whichever does: the time tells neither which nor how well.
    pub(super) fn find(
        &self,
        fits: impl Fn(&K) -> Choice,
        otherwise: Refusal,
    ) -> Result<Proof, Refusal> {
        let place = |keys: &[K]| {
            let tried = keys.iter().map(|key| bool::from(fits(key))).enumerate();
            tried.fold(None, |found: Option<usize>, (place, fits)| {
                found.or(fits.then_some(place))
            })
        };
        let (valid, revoked) = (place(&self.valid), place(&self.revoked));
        match (valid, revoked) {
            (Some(secret), _) => Ok(Proof::by(secret)),
            (None, Some(_)) => Err(Refusal::Revoked),
            (None, None) => Err(otherwise),
        }
    }
}

/// A secret that is presented as it is, kept as its SHA-256: digests have one length.
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(secret: impl AsRef<[u8]>) -> Self {
        Self(Sha256::digest(secret).into())
    }
}

impl ConstantTimeEq for Fingerprint {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}
