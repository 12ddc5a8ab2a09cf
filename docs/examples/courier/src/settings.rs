//! `[extensions.courier]`: where messages go, and the secret that vouches for them.

use laurel_settings::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where messages go.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The service, on this machine or network: `http://…`.
    pub url: String,
    /// What it shares with us: `whsec_…`.
    pub secret: Secret,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: String::new(),
            secret: Secret::from(String::new()),
        }
    }
}
