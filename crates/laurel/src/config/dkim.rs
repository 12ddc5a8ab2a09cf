//! `[email.dkim]`: the keys that mails are signed with.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Secret;
use super::fault::{Fault, fault};

/// Signatures in the name of the sender's domain (RFC 6376). `laurel email dkim` makes a key, and prints what the domain
/// publishes of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Dkim {
    /// The domain that answers for the mail; the one that the mail is from, unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Every mail gets a signature of each key: one with Ed25519, say, and one with RSA for receivers that know no other.
    pub keys: Vec<DkimKey>,
}

/// A private key and its name: an Ed25519 or RSA key (2048 to 4096 bits) in PEM, as a file or as it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DkimKey {
    /// Where the domain publishes its other half: `<selector>._domainkey.<domain>`.
    pub selector: String,
    /// The file that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
    /// The key itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Secret>,
}

impl Dkim {
    /// The first fault that the types let through.
    pub(super) fn refuse(&self) -> Result<(), Fault> {
        for (index, key) in self.keys.iter().enumerate() {
            let index = index.to_string();
            let place = ["email", "dkim", "keys", &index];
            match (&key.key_file, &key.key) {
                (None, None) => return fault(place, "name the key's file: `key_file` is missing"),
                (Some(_), Some(_)) => return fault(place, "`key` and `key_file` are two keys"),
                _ => {}
            }
            let mut others = self
                .keys
                .iter()
                .filter(|other| other.selector == key.selector);
            if others.nth(1).is_some() {
                return fault(
                    place,
                    "another key has the same selector; give each its own",
                );
            }
        }
        Ok(())
    }

    /// The files of its keys.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.keys.iter().filter_map(|key| key.key_file.as_deref())
    }

    /// Whether a key stands in the configuration itself.
    pub(super) fn holds_secrets(&self) -> bool {
        self.keys.iter().any(|key| key.key.is_some())
    }
}
