//! What decides, at the moment of sending, whether a customer is written to.

use laurel_payloads::{CustomerId, EventKind};

use crate::{Result, Scope, sql, suppressions};

/// A customer as the one to be written to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The name, as sent.
    pub name: Option<String>,
    /// The address, as sent: it may be no address at all.
    pub email: Option<String>,
    /// Masivo's status, such as `ACTIVE`.
    pub status: Option<String>,
    /// Whether name and address are placeholders.
    pub is_anonymous: bool,
    /// What a recorded consent says of mail; none where no consent is recorded, which allows everything.
    pub consents_to_email: Option<bool>,
    /// Whether the address is not to be written to.
    pub suppressed: bool,
    /// Whether the customer has said that they want, or do not want, this kind of message on this channel.
    pub wanted: Option<bool>,
    /// The body of the event that brought the profile.
    pub profile: Option<Vec<u8>>,
}

impl Scope {
    /// Whom a message is for; none where the customer is not known.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn recipient(
        &self,
        customer_id: &CustomerId,
        channel: &str,
        kind: EventKind,
    ) -> Result<Option<Recipient>> {
        let Some(customer) = self.customer(customer_id).await? else {
            return Ok(None);
        };
        let sql = "SELECT EXISTS (SELECT 1 FROM suppressions WHERE source = $1 AND address IN ($2, $3)) AS suppressed, \
                   (SELECT body FROM events WHERE seq = $4) AS profile";
        let address = suppressions::normal(customer.email.as_deref().unwrap_or_default());
        let hidden = self.hidden(&address).await?;
        let values = [
            self.source().as_str().into(),
            address.into(),
            hidden.into(),
            customer.profile_seq.into(),
        ];
        let rows = sql::query(self.reader(), sql, values).await?;
        let mut recipient = Recipient {
            name: customer.name,
            email: customer.email,
            status: customer.status,
            is_anonymous: customer.is_anonymous,
            consents_to_email: customer.consents_to_email,
            ..Recipient::default()
        };
        if let Some(row) = rows.first() {
            recipient.suppressed = row.try_get("", "suppressed")?;
            recipient.profile = row.try_get("", "profile")?;
        }
        let said = self.said(&customer.customer_id, channel).await?;
        recipient.wanted = said.wanted(kind);
        Ok(Some(recipient))
    }
}
