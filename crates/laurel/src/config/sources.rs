//! `[sources.<name>]`: the accounts that may post webhooks.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Secret, duration};

/// One account: a tenant, its credentials, and what counts as a duplicate.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// Credentials; any one that matches is enough.
    pub auth: Vec<Auth>,
    /// How long equal content counts as the same event delivered again.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub duplicate_window: Duration,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            auth: Vec::new(),
            duplicate_window: Duration::from_hours(24),
        }
    }
}

/// One way for a sender to prove who it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// What kind of proof it is.
    pub kind: AuthKind,
    /// Short for `secrets` with one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// Any one of them is valid, so that a secret can be changed without a gap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
}

impl Auth {
    /// Every secret that is valid now, the first being the current one.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.token.iter().chain(&self.secrets)
    }
}

/// The kinds of proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    /// A secret in the path of the URL or in the `Authorization: Bearer` header.
    Token,
}
