//! The rows about a customer that are personal: the profile, what was sent to them, and what they wished for.

use std::collections::BTreeSet;

use laurel_payloads::CustomerId;
use sea_orm::{ConnectionTrait, Value};

use super::ErasureKey;
use crate::{Result, Source, Tx, sql, suppressions};

/// Why a message of an erased customer does not go out.
pub(crate) const ERASED: &str = "erased";

impl Tx {
    /// Deletes the profiles of customers. Their rows stay, so that counts do.
    pub(super) async fn clear_profiles(&self, source: &Source, ids: &[CustomerId]) -> Result<()> {
        let set = "name = NULL, email = NULL, status = NULL, is_anonymous = NULL, country = NULL, registered_at = NULL, \
                   consents_to_email = NULL, profile_seq = NULL";
        let sql = format!("UPDATE customers SET {set}");
        self.of_customers(&sql, "", source, ids).await?;
        Ok(())
    }

    /// Takes back what is to be sent to customers, and drops what relays have said of their addresses. Answers how many
    /// messages were taken back. A worker that is sending one loses its lease, and writes nothing more about it.
    pub(super) async fn clear_messages(&self, source: &Source, ids: &[CustomerId]) -> Result<u64> {
        let now = self.store().clock().now().micros();
        let cancel = format!(
            "UPDATE outbox SET state = 'cancelled', reason = '{ERASED}', finished_at = {now}, locked_until = NULL"
        );
        let cancelled = self
            .of_customers(&cancel, "AND state = 'pending'", source, ids)
            .await?;
        let quiet = "UPDATE outbox SET last_error = NULL, reason = CASE WHEN state = 'dead' THEN NULL ELSE reason END";
        self.of_customers(quiet, "", source, ids).await?;
        let backend = self.connection().get_database_backend();
        let sql = format!(
            "UPDATE delivery_attempts SET reply = NULL WHERE outbox_id IN \
             (SELECT id FROM outbox WHERE source = $1 AND customer_id {})",
            sql::in_list(backend, 2)
        );
        sql::execute(self.connection(), &sql, self.these(source, ids)).await?;
        let forget = "DELETE FROM preferences";
        self.of_customers(forget, "", source, ids).await?;
        Ok(cancelled)
    }

    /// Puts hashes in the place of suppressed addresses: the wish not to be written to outlives the address.
    pub(super) async fn hide_suppressions(
        &self,
        key: &ErasureKey,
        source: &Source,
        addresses: &BTreeSet<String>,
    ) -> Result<()> {
        for address in addresses {
            let address = suppressions::normal(address);
            let sql = "DELETE FROM suppressions WHERE source = $1 AND address = $2 RETURNING reason, created_at";
            let values = [source.as_str().into(), address.as_str().into()];
            for row in sql::query(self.connection(), sql, values).await? {
                let (reason, created_at): (String, i64) =
                    (row.try_get("", "reason")?, row.try_get("", "created_at")?);
                let sql = "INSERT INTO suppressions (source, address, reason, created_at) VALUES ($1, $2, $3, $4) \
                           ON CONFLICT (source, address) DO NOTHING";
                let values = [
                    source.as_str().into(),
                    key.address(source, &address).into(),
                    reason.into(),
                    created_at.into(),
                ];
                sql::execute(self.connection(), sql, values).await?;
            }
        }
        Ok(())
    }

    async fn of_customers(
        &self,
        change: &str,
        and: &str,
        source: &Source,
        ids: &[CustomerId],
    ) -> Result<u64> {
        let backend = self.connection().get_database_backend();
        let sql = format!(
            "{change} WHERE source = $1 AND customer_id {} {and}",
            sql::in_list(backend, 2)
        );
        Ok(sql::execute(self.connection(), &sql, self.these(source, ids)).await?)
    }

    fn these(&self, source: &Source, ids: &[CustomerId]) -> [Value; 2] {
        let backend = self.connection().get_database_backend();
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        [source.as_str().into(), sql::list(backend, ids)]
    }
}
