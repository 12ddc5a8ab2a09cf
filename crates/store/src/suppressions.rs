//! Suppressions: addresses that are not to be written to, whoever they belong to.

use laurel_payloads::Timestamp;
use sea_orm::{QueryResult, Value};

use crate::text::storable_address;
use crate::{Error, Result, Scope, sql};

/// An address that is not written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRecord {
    /// The address, in lower case.
    pub address: String,
    /// Why.
    pub reason: SuppressionReason,
    /// Since when.
    pub created_at: Timestamp,
}

/// Why an address is not written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuppressionReason {
    /// A relay or a bounce said that there is no such mailbox.
    Bounce,
    /// Its owner called a mail unwanted.
    Complaint,
    /// Its owner unsubscribed.
    Unsubscribed,
    /// An operator said so.
    Operator,
}

impl SuppressionReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::Bounce,
        Self::Complaint,
        Self::Unsubscribed,
        Self::Operator,
    ];

    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Complaint => "complaint",
            Self::Unsubscribed => "unsubscribed",
            Self::Operator => "operator",
        }
    }
}

/// An address as suppressions hold it: relays do not tell upper from lower case.
pub(crate) fn normal(address: &str) -> String {
    storable_address(&address.to_lowercase())
}

impl Scope {
    /// Has an address not written to from now on. One that was suppressed before keeps its first reason and time.
    /// Returns what holds now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn suppress(
        &self,
        address: &str,
        reason: SuppressionReason,
    ) -> Result<SuppressionRecord> {
        let address = normal(address);
        let sql = "INSERT INTO suppressions (source, address, reason, created_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (source, address) DO UPDATE SET reason = suppressions.reason \
                   RETURNING address, reason, created_at";
        let values = [
            self.source().as_str().into(),
            address.into(),
            reason.as_str().into(),
            self.store().clock().now().micros().into(),
        ];
        let rows = sql::query(self.store().writer(), sql, values).await?;
        let row = rows
            .first()
            .ok_or_else(|| Error::Corrupt("a suppression that was written is not there".into()))?;
        record(row)
    }

    /// Lets an address be written to again. Returns what held until now; none where it was not suppressed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unsuppress(&self, address: &str) -> Result<Option<SuppressionRecord>> {
        let sql = "DELETE FROM suppressions WHERE source = $1 AND address IN ($2, $3) \
                   RETURNING $2 AS address, reason, created_at";
        let rows = sql::query(self.store().writer(), sql, self.spelt(address).await?).await?;
        rows.first().map(record).transpose()
    }

    /// Whether, and why, an address is not written to.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn suppression(&self, address: &str) -> Result<Option<SuppressionRecord>> {
        let sql = "SELECT $2 AS address, reason, created_at FROM suppressions \
                   WHERE source = $1 AND address IN ($2, $3) ORDER BY created_at LIMIT 1";
        let rows = sql::query(self.reader(), sql, self.spelt(address).await?).await?;
        rows.first().map(record).transpose()
    }

    /// The source and the address, as it is and as the hash that stands in its place once its owner is erased.
    async fn spelt(&self, address: &str) -> Result<[Value; 3]> {
        let address = normal(address);
        let hidden = self.hidden(&address).await?;
        Ok([self.source().as_str().into(), address.into(), hidden.into()])
    }

    /// What stands in the place of an address whose owner is erased; none while nobody ever was.
    pub(crate) async fn hidden(&self, address: &str) -> Result<Option<String>> {
        let key = self.store().find_erasure_key(self.reader()).await?;
        Ok(key.map(|key| key.address(self.source(), address)))
    }
}

fn record(row: &QueryResult) -> Result<SuppressionRecord> {
    let reason: String = row.try_get("", "reason")?;
    let mut known = SuppressionReason::ALL.into_iter();
    let known = known.find(|known| known.as_str() == reason);
    Ok(SuppressionRecord {
        address: row.try_get("", "address")?,
        reason: known.ok_or_else(|| Error::Corrupt(format!("no reason to suppress: {reason}")))?,
        created_at: Timestamp::from_micros(row.try_get("", "created_at")?),
    })
}
