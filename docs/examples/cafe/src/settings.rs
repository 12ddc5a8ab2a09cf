//! `[extensions.cafe]`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the café may decide.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How many stamps make a card full.
    pub stamps_for_a_coffee: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stamps_for_a_coffee: 10,
        }
    }
}
