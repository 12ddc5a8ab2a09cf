//! `[workers]`: those who handle events and send mail behind the scenes.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::duration;

/// Those who handle events and send mail behind the scenes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Workers {
    /// How long work is held without a sign of life from whoever has it. After a crash, what was
    /// under way is taken up again when this has passed; a subscriber may take half of it.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub lease: Duration,
}

impl Default for Workers {
    fn default() -> Self {
        Self {
            lease: Duration::from_mins(1),
        }
    }
}
