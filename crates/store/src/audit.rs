//! Who changed what by hand: a row for each, kept for good, without personal data.

use laurel_payloads::Timestamp;
use uuid::Uuid;

use crate::convert::parsed;
use crate::text::storable;
use crate::{Result, Source, Store, sql};

/// Something that was done, or tried, by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Whose data it is about.
    pub source: Source,
    /// Who did it: an API key by its id, or `cli`.
    pub who: String,
    /// What they did, such as `erase_customer`.
    pub action: &'static str,
    /// What they did it to: an id, never an address or a name.
    pub target: String,
    /// What came of it, as a short code such as `done`.
    pub outcome: String,
}

/// A deed as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its identity.
    pub id: Uuid,
    /// Whose data it is about.
    pub source: Source,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub who: String,
    /// What they did.
    pub action: String,
    /// What they did it to.
    pub target: String,
    /// What came of it.
    pub outcome: String,
}

impl Store {
    /// Keeps and logs what was done by hand.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn audit(&self, deed: &Deed) -> Result<()> {
        let Deed {
            source,
            who,
            action,
            target,
            outcome,
        } = deed;
        tracing::info!(%source, who, action, target, outcome, "done by hand");
        let sql = "INSERT INTO audit_log (id, source, at, who, action, target, outcome) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = [
            self.clock().id().into(),
            source.as_str().into(),
            self.clock().now().micros().into(),
            storable(who).into(),
            (*action).into(),
            storable(target).into(),
            storable(outcome).into(),
        ];
        sql::execute(self.writer(), sql, values).await?;
        Ok(())
    }

    /// A page of what was done by hand to a source's data, or to any, the oldest first, from `after` on (exclusive).
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn audit_log(
        &self,
        source: Option<&Source>,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<AuditRecord>> {
        // Ids are made in the order of time.
        let sql = "SELECT id, source, at, who, action, target, outcome FROM audit_log \
                   WHERE source = COALESCE($1, source) AND id > $2 ORDER BY id LIMIT $3";
        let values = [
            source.map(|source| source.as_str().to_owned()).into(),
            after.unwrap_or_default().into(),
            i64::from(limit).into(),
        ];
        let rows = sql::query(self.reader(), sql, values).await?;
        let records = rows.iter().map(|row| {
            let source: String = row.try_get("", "source")?;
            Ok(AuditRecord {
                id: row.try_get("", "id")?,
                source: parsed(Source::new(&source))?,
                at: Timestamp::from_micros(row.try_get("", "at")?),
                who: row.try_get("", "who")?,
                action: row.try_get("", "action")?,
                target: row.try_get("", "target")?,
                outcome: row.try_get("", "outcome")?,
            })
        });
        records.collect()
    }
}

impl Store {
    /// How an address is called where it must not be told: the same each time, and nobody without our key can tell
    /// whose it is.
    ///
    /// # Errors
    /// As [`Store::signing_key`].
    pub async fn alias_of_address(&self, source: &Source, address: &str) -> Result<String> {
        let key = self.make_erasure_key().await?;
        let hash = key.address(source, &crate::suppressions::normal(address));
        Ok(hash.chars().take(11 + 1 + 16).collect())
    }
}
