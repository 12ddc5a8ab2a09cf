//! `[sources.<name>]`: the accounts that may post webhooks.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Auth, duration};

/// One account: a tenant, its credentials, and what counts as a duplicate.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// Credentials; any one that matches is enough, from an address that `ip` allows where it is among them.
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
