//! The public keys of an identity provider: a JSON Web Key Set in a file, looked at again now and then.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use laurel_payloads::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::identity::TokenAlgorithm;

/// How often the file is looked at, while tokens come.
const EVERY: Duration = Duration::from_secs(10);

/// The largest file that is read.
const LARGEST: u64 = 1024 * 1024;

/// Why a file gives no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeySetError {
    /// It cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is not a key set.
    #[error("{} is no JSON Web Key Set: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where it ends to be one.
        source: serde_json::Error,
    },
    /// No key in it verifies anything that we take.
    #[error("{} holds no public key for EdDSA (Ed25519), ES256 or RS256", path.display())]
    Useless {
        /// The file.
        path: PathBuf,
    },
}

/// The keys in a file. A newer content is used without a restart; one that cannot be used changes nothing.
#[derive(Clone, Debug)]
pub struct KeySet(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    keys: Arc<Keys>,
    /// What the file held when it was last looked at, usable or not: a fault is told once.
    seen: Option<Vec<u8>>,
    looked: Option<Timestamp>,
}

/// The keys, as they were read.
#[derive(Debug)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: TokenAlgorithm,
    verifies: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, or holds no key that could be used.
    pub fn open(path: &Path) -> Result<Self, KeySetError> {
        let content = contents(path)?;
        let keys = Arc::new(Keys::read(path, &content)?);
        let state = State {
            keys,
            seen: Some(content),
            looked: None,
        };
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            state: Mutex::new(state),
        })))
    }

    /// The keys as of now. One request in a while looks at the file; the others do not wait for it.
    pub(super) async fn at(&self, now: Timestamp) -> Arc<Keys> {
        let (keys, due) = self.turn(now);
        if !due {
            return keys;
        }
        let set = self.clone();
        let looked = tokio::task::spawn_blocking(move || set.look()).await;
        looked.unwrap_or(keys)
    }

    fn turn(&self, now: Timestamp) -> (Arc<Keys>, bool) {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let due = state
            .looked
            .is_none_or(|looked| looked.saturating_add(EVERY) <= now);
        if due {
            state.looked = Some(now);
        }
        (Arc::clone(&state.keys), due)
    }

    fn look(&self) -> Arc<Keys> {
        let path = &self.0.path;
        let content = contents(path);
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = match content {
            Ok(content) if state.seen.as_ref() == Some(&content) => return Arc::clone(&state.keys),
            Ok(content) => {
                let keys = Keys::read(path, &content);
                state.seen = Some(content);
                keys
            }
            Err(_) if state.seen.is_none() => return Arc::clone(&state.keys),
            Err(error) => {
                state.seen = None;
                Err(error)
            }
        };
        match fresh {
            Ok(keys) => {
                tracing::info!(file = %path.display(), keys = keys.0.len(), "an identity provider's new keys are in use");
                state.keys = Arc::new(keys);
            }
            Err(error) => {
                tracing::error!(%error, "an identity provider's new keys cannot be used; the old ones still are");
            }
        }
        Arc::clone(&state.keys)
    }
}

fn contents(path: &Path) -> Result<Vec<u8>, KeySetError> {
    let unreadable = |source| KeySetError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST {
        return Err(unreadable(std::io::ErrorKind::FileTooLarge.into()));
    }
    std::fs::read(path).map_err(unreadable)
}

impl Keys {
    fn read(path: &Path, content: &[u8]) -> Result<Self, KeySetError> {
        let document: Document =
            serde_json::from_slice(content).map_err(|source| KeySetError::Malformed {
                path: path.to_owned(),
                source,
            })?;
        // A set may hold keys for other uses, and of kinds that are unknown here.
        let known = document.keys.into_iter().filter_map(Key::read);
        let keys: Vec<Key> = known.collect();
        if keys.is_empty() {
            return Err(KeySetError::Useless {
                path: path.to_owned(),
            });
        }
        Ok(Self(keys))
    }

    /// The key of this name; without a name, the only one for the algorithm.
    pub(super) fn find(&self, algorithm: TokenAlgorithm, id: Option<&str>) -> Option<&DecodingKey> {
        let mut fitting = self
            .0
            .iter()
            .filter(|key| key.algorithm == algorithm && (id.is_none() || key.id.as_deref() == id));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(&only.verifies),
            _ => None,
        }
    }
}

impl Key {
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => {
                TokenAlgorithm::EdDsa
            }
            AlgorithmParameters::EllipticCurve(point) if point.curve == EllipticCurve::P256 => {
                TokenAlgorithm::Es256
            }
            AlgorithmParameters::RSA(_) => TokenAlgorithm::Rs256,
            _ => return None,
        };
        let common = &jwk.common;
        let named = common.key_algorithm;
        let for_it = named.is_none_or(|named| named.to_string() == algorithm.to_string());
        let signs = common
            .public_key_use
            .as_ref()
            .is_none_or(|used| *used == PublicKeyUse::Signature);
        let verifies = common
            .key_operations
            .as_ref()
            .is_none_or(|all| all.contains(&KeyOperations::Verify));
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        (for_it && signs && verifies).then(|| Self {
            id: jwk.common.key_id.clone(),
            algorithm,
            verifies: key,
        })
    }
}
