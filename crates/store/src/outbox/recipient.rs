//! What decides, at the moment of sending, whether a customer is written to.

use laurel_payloads::{CustomerId, EventKind};

use crate::{CustomerRecord, Error, Purpose, Result, Scope, sql, suppressions};

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
        let address = suppressions::normal(customer.email.as_deref().unwrap_or_default());
        let mut about = self.about(&customer, &address, channel).await?;
        if about.must_hide {
            self.hidden(&address).await?;
            about = self.about(&customer, &address, channel).await?;
        }
        let mut recipient = Recipient {
            name: customer.name,
            email: customer.email,
            status: customer.status,
            is_anonymous: customer.is_anonymous,
            consents_to_email: customer.consents_to_email,
            suppressed: about.suppressed,
            profile: about.profile,
            wanted: None,
        };
        if about.may_have_said {
            let said = self.said(&customer.customer_id, channel).await?;
            recipient.wanted = said.wanted(kind);
        }
        Ok(Some(recipient))
    }

    /// What stands elsewhere about a customer, in one statement: it is asked before each mail.
    async fn about(
        &self,
        customer: &CustomerRecord,
        address: &str,
        channel: &str,
    ) -> Result<About> {
        let key = self.store().erasure_key().get();
        let hidden = key.map(|key| key.address(self.source(), address));
        let sql = "SELECT EXISTS (SELECT 1 FROM suppressions WHERE source = $1 AND address IN ($2, $3)) AS suppressed, \
                   (SELECT body FROM events WHERE seq = $4) AS profile, \
                   EXISTS (SELECT 1 FROM preferences WHERE source = $1 AND customer_id = $5 AND channel = $6) AS said, \
                   EXISTS (SELECT 1 FROM signing_keys WHERE purpose = $7) AS erases";
        let values = [
            self.source().as_str().into(),
            address.into(),
            hidden.into(),
            customer.profile_seq.into(),
            customer.customer_id.as_str().into(),
            channel.into(),
            Purpose::Erasures.as_str().into(),
        ];
        let rows = sql::query(self.reader(), sql, values).await?;
        let row = rows
            .first()
            .ok_or_else(|| Error::Corrupt("no answer".to_owned()))?;
        let erases: bool = row.try_get("", "erases")?;
        let said: bool = row.try_get("", "said")?;
        Ok(About {
            suppressed: row.try_get("", "suppressed")?,
            profile: row.try_get("", "profile")?,
            may_have_said: said || customer.ids.len() > 1,
            must_hide: erases && key.is_none(),
        })
    }
}

/// What is known of a customer beside their own row.
struct About {
    suppressed: bool,
    profile: Option<Vec<u8>>,
    /// They have said what they want, or may have under another id.
    may_have_said: bool,
    /// Addresses may be suppressed in a form that is not known yet.
    must_hide: bool,
}
