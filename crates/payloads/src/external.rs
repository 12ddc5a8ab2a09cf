//! What an extension appends to the log: a movement that no webhook told of, or a profile that it looked up.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::masivo::fields;
use crate::{Customer, CustomerId, ExternalKey, Line, Timestamp, Wallet};

/// A fact from elsewhere than a webhook. In the log its body is `{"external": {…}}`.
///
/// ```
/// use laurel_payloads::{External, Line};
///
/// let mut expired = External::new("ana-0042".parse()?, "masivo-api:transaction:17".parse()?, "EXPIRATION");
/// expired.lines.push(Line {
///     reward_id: Some("points".parse()?),
///     amount: Some("-50".parse()?),
///     ..Line::default()
/// });
/// assert!(expired.body().starts_with(br#"{"external":{"customer_id":"ana-0042""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct External {
    /// Whom it is about: the brand's own id.
    pub customer_id: CustomerId,
    /// The sender's own key: what is appended again under it, whatever it says, is the same fact.
    pub key: ExternalKey,
    /// What it is called, such as `EXPIRATION`.
    #[serde(deserialize_with = "fields::name")]
    pub name: String,
    /// When it happened; when it was appended, unless given.
    #[serde(default, deserialize_with = "fields::time")]
    pub occurred_at: Option<Timestamp>,
    /// What moved, signed: positive where the customer gained, negative where they lost. Without a line it is no movement,
    /// and makes no entry in the history.
    #[serde(default, deserialize_with = "fields::objects")]
    #[schemars(with = "Option<Vec<Line>>")]
    pub lines: Vec<Line>,
    /// The customer's profile as it is now.
    #[serde(default, deserialize_with = "fields::object")]
    pub customer: Option<Customer>,
    /// The customer's wallet as it is now: a snapshot of Masivo's, never a sum of one's own.
    #[serde(default, deserialize_with = "fields::object")]
    pub wallet: Option<Wallet>,
}

impl External {
    pub(crate) const MEMBER: &str = "external";

    /// A fact that says nothing yet.
    pub fn new(customer_id: CustomerId, key: ExternalKey, name: impl Into<String>) -> Self {
        Self {
            customer_id,
            key,
            name: name.into(),
            occurred_at: None,
            lines: Vec::new(),
            customer: None,
            wallet: None,
        }
    }

    /// The body that is kept in the log.
    ///
    /// # Panics
    /// Never: nothing in it is without a form in JSON.
    pub fn body(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Body<'a> {
            external: &'a External,
        }
        serde_json::to_vec(&Body { external: self }).expect("texts, numbers and lists are JSON")
    }
}
