//! What decides, at the moment of sending, whether a customer is written to.

use std::collections::{HashMap, HashSet};

use laurel_payloads::{CustomerId, EventKind};
use sea_orm::QueryResult;

use crate::convert::customer_id;
use crate::history::Named;
use crate::{Preferences, Result, Scope, sql, suppressions};

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
    /// What the customer has said of the channel's messages.
    pub preferences: Preferences,
    /// The body of the event that brought the profile.
    pub profile: Option<Vec<u8>>,
}

impl Recipient {
    /// Whether the customer has said that they want, or do not want, this kind of message; none where they have not said.
    pub fn wanted(&self, kind: EventKind) -> Option<bool> {
        self.preferences.wanted(kind)
    }
}

/// What is asked of a customer `c`; `$3` is the channel.
const COLUMNS: &str = "c.customer_id, c.name, c.email, c.status, c.is_anonymous, c.consents_to_email, \
     (SELECT body FROM events WHERE seq = c.profile_seq) AS profile, \
     (EXISTS (SELECT 1 FROM preferences p WHERE p.source = $1 AND p.customer_id = c.customer_id AND p.channel = $3) \
      OR EXISTS (SELECT 1 FROM customer_aliases a WHERE a.source = $1 AND a.customer_id = c.customer_id)) \
     AS may_have_said";

impl Scope {
    /// Whom a message is for; none where the customer is not known.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn recipient(
        &self,
        customer: &CustomerId,
        channel: &str,
    ) -> Result<Option<Recipient>> {
        let mut found = self
            .recipients(std::slice::from_ref(customer), channel)
            .await?;
        Ok(found.remove(customer))
    }

    /// Whom messages are for, by the ids that they are asked for by; unknown ones are left out. Asked before each mail, so
    /// that however many there are it takes few statements.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn recipients(
        &self,
        customers: &[CustomerId],
        channel: &str,
    ) -> Result<HashMap<CustomerId, Recipient>> {
        let rows = self
            .rows_named(customers, Named::NowOrBefore, COLUMNS, channel.into())
            .await?;
        let mut found = HashMap::with_capacity(rows.len());
        for (asked, row) in rows {
            let mut recipient = recipient(&row)?;
            if row.try_get("", "may_have_said")? {
                let id = customer_id(row.try_get("", "customer_id")?)?;
                recipient.preferences = self.said(&id, channel).await?;
            }
            found.insert(asked, recipient);
        }
        let addresses = found.values().filter_map(normal).collect();
        let suppressed = self.suppressed(addresses).await?;
        for recipient in found.values_mut() {
            recipient.suppressed = normal(recipient).is_some_and(|one| suppressed.contains(&one));
        }
        Ok(found)
    }

    /// Those of these addresses that are not to be written to.
    async fn suppressed(&self, addresses: HashSet<String>) -> Result<HashSet<String>> {
        if addresses.is_empty() {
            return Ok(HashSet::new());
        }
        let backend = self.store().backend();
        let sql = format!(
            "SELECT address FROM suppressions WHERE source = $1 AND address {}",
            sql::in_list(backend, 2)
        );
        loop {
            // They stand as they are, or as the hash that takes their place once their owner is erased.
            let key = self.store().find_erasure_key(self.reader()).await?;
            let hidden = |address: &String| key.map(|key| key.address(self.source(), address));
            let mut spelt: HashMap<String, &String> = HashMap::new();
            for address in &addresses {
                spelt.insert(address.clone(), address);
                spelt.extend(hidden(address).map(|hidden| (hidden, address)));
            }
            let asked: Vec<String> = spelt.keys().cloned().collect();
            let values = [self.source().as_str().into(), sql::list(backend, asked)];
            let mut suppressed = HashSet::new();
            for row in sql::query(self.reader(), &sql, values).await? {
                let found: String = row.try_get("", "address")?;
                suppressed.extend(spelt.get(&found).map(|&address| address.clone()));
            }
            // The first of all who are erased may have been so meanwhile: their address has another spelling now.
            let first = key.is_none()
                && self
                    .store()
                    .find_erasure_key(self.reader())
                    .await?
                    .is_some();
            if !first {
                return Ok(suppressed);
            }
        }
    }
}

fn recipient(row: &QueryResult) -> Result<Recipient> {
    Ok(Recipient {
        name: row.try_get("", "name")?,
        email: row.try_get("", "email")?,
        status: row.try_get("", "status")?,
        is_anonymous: row
            .try_get::<Option<bool>>("", "is_anonymous")?
            .unwrap_or(false),
        consents_to_email: row.try_get("", "consents_to_email")?,
        suppressed: false,
        preferences: Preferences::default(),
        profile: row.try_get("", "profile")?,
    })
}

/// The address as suppressions have it.
fn normal(recipient: &Recipient) -> Option<String> {
    recipient.email.as_deref().map(suppressions::normal)
}
