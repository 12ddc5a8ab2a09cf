//! The keys that customer tokens are signed with, as they stand in the database.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::{DecodingKey, EncodingKey};
use laurel_payloads::Timestamp;
use laurel_store::{Error, Purpose, SigningKey, Store};
use ring::signature::{Ed25519KeyPair, KeyPair};

/// How long the keys are kept in memory: another copy may have retired one.
pub(crate) const KEPT: Duration = Duration::from_mins(1);
/// How long a name that is not known is not looked up again: strangers do not get to ask the database.
const FRESH: Duration = Duration::from_secs(1);

/// What stands before the seed in a private key of Ed25519 (RFC 8410 §7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// The keys, read when they are first needed and again now and then.
pub(super) struct Keyring {
    store: Store,
    /// How long a key that was retired verifies.
    overlap: Duration,
    held: RwLock<Option<Held>>,
}

#[derive(Clone)]
struct Held {
    keys: Arc<[Key]>,
    since: Timestamp,
}

/// A pair of keys, with the name that tokens have for it.
pub(super) struct Key {
    pub(super) id: String,
    /// From when on it verifies nothing; none while it signs.
    until: Option<Timestamp>,
    pub(super) signs: EncodingKey,
    verifies: DecodingKey,
}

impl Keyring {
    pub(super) fn new(store: Store, overlap: Duration) -> Self {
        Self {
            store,
            overlap,
            held: RwLock::new(None),
        }
    }

    /// The keys; the first is the one that signs.
    pub(super) async fn keys(&self) -> Result<Arc<[Key]>, Error> {
        self.younger_than(KEPT).await
    }

    /// What verifies the signatures of a key, for as long as they are good. A name that is not known may be that of a key
    /// which another copy has just made.
    pub(super) async fn verifies(&self, name: &str) -> Result<Option<DecodingKey>, Error> {
        let mut keys = self.keys().await?;
        if !keys.iter().any(|key| key.id == name) {
            keys = self.younger_than(FRESH).await?;
        }
        let now = self.store.clock().now();
        let good = |key: &&Key| key.id == name && key.until.is_none_or(|until| now < until);
        Ok(keys.iter().find(good).map(|key| key.verifies.clone()))
    }

    async fn younger_than(&self, age: Duration) -> Result<Arc<[Key]>, Error> {
        let now = self.store.clock().now();
        let held = self
            .held
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(held) = held.filter(|held| now < held.since.saturating_add(age)) {
            return Ok(held.keys);
        }
        self.store.signing_key(Purpose::CustomerTokens).await?;
        let keys = self.store.signing_keys(Purpose::CustomerTokens).await?;
        let keys = keys.iter().map(|key| Key::read(key, self.overlap));
        let held = Held {
            keys: keys.collect::<Result<_, _>>()?,
            since: now,
        };
        let keys = Arc::clone(&held.keys);
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(keys)
    }
}

impl Key {
    fn read(key: &SigningKey, overlap: Duration) -> Result<Self, Error> {
        let pair = Ed25519KeyPair::from_seed_unchecked(key.secret());
        let pair = pair.map_err(|_| Error::Corrupt("a signing key is none".to_owned()))?;
        let private = [&PKCS8[..], key.secret()].concat();
        Ok(Self {
            id: key.id.simple().to_string(),
            until: key.retired_at.map(|at| at.saturating_add(overlap)),
            signs: EncodingKey::from_ed_der(&private),
            verifies: DecodingKey::from_ed_der(pair.public_key().as_ref()),
        })
    }
}
