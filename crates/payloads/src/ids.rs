//! Ids that came from outside: texts with a bound, one type for each thing that they name.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Why a text is not an id: it is empty, longer than 255 bytes, or holds a control character.
///
/// ```
/// use laurel_payloads::{CustomerId, InvalidId};
///
/// assert_eq!("".parse::<CustomerId>(), Err(InvalidId));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 255 bytes and no control characters")]
pub struct InvalidId;

fn is_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && !text.contains(char::is_control)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => { $(
        $(#[$doc])*
        ///
        /// 1 to 255 bytes, without control characters; compared byte by byte.
        ///
        /// ```
        #[doc = concat!("use laurel_payloads::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($name), r#" = "c-17".parse()?;"#)]
        /// assert_eq!(id.as_str(), "c-17");
        #[doc = concat!("assert!(\"\\u{7}\".parse::<", stringify!($name), ">().is_err());")]
        /// # Ok::<(), laurel_payloads::InvalidId>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                if is_id(&text) { Ok(Self(text)) } else { Err(InvalidId) }
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "minLength": 1, "maxLength": 255 })
            }
        }
    )+ };
}

ids! {
    /// The brand's own id of a customer: any text, unique in one account, not Masivo's UUID.
    CustomerId,
    /// Masivo's id of a reward.
    RewardId,
    /// Masivo's id of a tier.
    TierId,
    /// Masivo's id of a campaign.
    CampaignId,
    /// A brand of the account; may be the brand's own text.
    BrandId,
    /// Masivo's id of a behavior event, the same in each of its webhooks.
    BehaviorEventId,
    /// An extension's own key of what it appends, unique in one source for ever: begin it with the extension's name.
    ExternalKey,
}
