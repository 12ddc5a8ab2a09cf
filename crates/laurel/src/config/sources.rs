//! `[sources.<name>]`: the accounts that may post webhooks.

use std::num::NonZeroU32;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Auth, Brand, Identity, duration};

/// The format that is our own.
pub(crate) const MASIVO: &str = "masivo";

/// One account: a tenant, its credentials, and what counts as a duplicate.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// Credentials; any one that matches is enough, from an address that `ip` allows where it is among them.
    pub auth: Vec<Auth>,
    /// What its webhooks look like: Masivo's, unless an extension reads another format.
    pub format: String,
    /// How long equal content counts as the same event delivered again.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub duplicate_window: Duration,
    /// How many webhooks it may post; as many as it likes, unless set. Those that prove to be its own count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimit>,
    /// Whose tokens its customers may ask the API with, beside those that the API issues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// How mails to its customers look, where otherwise than in `[email.brand]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
}

/// How many webhooks a source may post. What goes beyond is answered 429, with the time to wait.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// In a second, over time.
    pub per_second: NonZeroU32,
    /// At once, after a pause; a second's worth unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<NonZeroU32>,
}

impl Default for Source {
    fn default() -> Self {
        Self {
            auth: Vec::new(),
            format: MASIVO.to_owned(),
            duplicate_window: Duration::from_hours(24),
            rate_limit: None,
            identity: None,
            brand: None,
        }
    }
}
