//! Whom a message was for: what a link in it opens, and what comes back about it.

use laurel_payloads::{CustomerId, EventKind};
use uuid::Uuid;

use crate::convert::{customer_id, parsed};
use crate::{Error, Result, Scope, Source, Store, sql};

/// Whom a message was for.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// The tenant whose customer it was for.
    pub scope: Scope,
    /// That customer, by the id that they had then.
    pub customer_id: CustomerId,
    /// The channel that carried it.
    pub channel: String,
    /// What it was about.
    pub kind: EventKind,
}

impl Store {
    /// Whom the message with this id was for. The id comes out of a signature that was checked, and opens its tenant as
    /// an API key opens one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn addressee(&self, message: Uuid) -> Result<Option<Addressee>> {
        let sql = "SELECT source, customer_id, channel, kind FROM outbox WHERE id = $1";
        let rows = sql::query(self.reader(), sql, [message.into()]).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let (source, kind): (String, String) =
            (row.try_get("", "source")?, row.try_get("", "kind")?);
        Ok(Some(Addressee {
            scope: self.scope(&parsed(Source::new(&source))?),
            customer_id: customer_id(row.try_get("", "customer_id")?)?,
            channel: row.try_get("", "channel")?,
            kind: EventKind::parse_stored(&kind)
                .ok_or_else(|| Error::Corrupt(format!("no kind of message: {kind}")))?,
        }))
    }
}
