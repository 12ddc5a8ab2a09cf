//! Ends a claim: done, to be retried, dead, or given back.

use std::collections::BTreeMap;

use laurel_payloads::Timestamp;
use sea_orm::ConnectionTrait;

use super::Delivery;
use crate::{Error, Result, Store, Tx, sql, text};

impl Tx {
    /// Deletes deliveries that have been handled, in the transaction that holds what their handling wrote.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] where one of them is no longer held under the lease of its claim: the transaction must be
    /// rolled back, for somebody else handles it.
    pub async fn settle(&self, subscriber: &str, deliveries: &[Delivery]) -> Result<()> {
        let backend = self.connection().get_database_backend();
        // Nearly always all of a batch is at the same attempt, and this is one statement.
        let sql = format!(
            "DELETE FROM deliveries WHERE subscriber = $1 AND attempts = $2 AND locked_until IS NOT NULL \
             AND event_seq {}",
            sql::in_list(backend, 3)
        );
        let mut settled = 0;
        for (attempt, seqs) in by_attempt(deliveries) {
            let values = [subscriber.into(), attempt.into(), sql::list(backend, seqs)];
            settled += sql::execute(self.connection(), &sql, values).await?;
        }
        if settled == deliveries.len() as u64 {
            Ok(())
        } else {
            Err(Error::LeaseLost)
        }
    }
}

impl Store {
    /// Puts a delivery back until `due_at`, with the reason of its failure.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] where somebody else holds it by now.
    pub async fn postpone(
        &self,
        subscriber: &str,
        delivery: &Delivery,
        due_at: Timestamp,
        error: &str,
    ) -> Result<()> {
        let set = "locked_until = NULL, due_at = $4, last_error = $5";
        self.end_lease(subscriber, delivery, set, due_at, error)
            .await
    }

    /// Gives a delivery up: it is kept, seen, and replayed by hand.
    ///
    /// # Errors
    /// [`Error::LeaseLost`] where somebody else holds it by now.
    pub async fn bury(&self, subscriber: &str, delivery: &Delivery, error: &str) -> Result<()> {
        let set = "locked_until = NULL, dead_at = $4, last_error = $5";
        self.end_lease(subscriber, delivery, set, self.clock().now(), error)
            .await
    }

    /// Gives back deliveries that were claimed and not tried, as if they had not been claimed.
    ///
    /// # Errors
    /// [`Error::Database`]; the leases run out by themselves.
    pub async fn release(&self, subscriber: &str, deliveries: &[Delivery]) -> Result<()> {
        let set = "locked_until = NULL, attempts = attempts - 1";
        self.give_back(subscriber, deliveries, set, None).await
    }

    /// The same, but they are not due before `due_at`.
    ///
    /// # Errors
    /// [`Error::Database`]; the leases run out by themselves.
    pub async fn put_off(
        &self,
        subscriber: &str,
        deliveries: &[Delivery],
        due_at: Timestamp,
    ) -> Result<()> {
        let set = "locked_until = NULL, attempts = attempts - 1, due_at = $4";
        self.give_back(subscriber, deliveries, set, Some(due_at))
            .await
    }

    async fn give_back(
        &self,
        subscriber: &str,
        deliveries: &[Delivery],
        set: &str,
        due_at: Option<Timestamp>,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE deliveries SET {set} WHERE subscriber = $1 AND attempts = $2 AND locked_until IS NOT NULL \
             AND event_seq {}",
            sql::in_list(self.backend(), 3)
        );
        for (attempt, seqs) in by_attempt(deliveries) {
            let seqs = sql::list(self.backend(), seqs);
            let mut values = vec![subscriber.into(), attempt.into(), seqs];
            values.extend(due_at.map(|due_at| due_at.micros().into()));
            sql::execute(self.writer(), &sql, values).await?;
        }
        Ok(())
    }

    async fn end_lease(
        &self,
        subscriber: &str,
        delivery: &Delivery,
        set: &str,
        time: Timestamp,
        error: &str,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE deliveries SET {set} WHERE subscriber = $1 AND event_seq = $2 AND attempts = $3 \
             AND locked_until IS NOT NULL"
        );
        let values = [
            subscriber.into(),
            delivery.event.seq.into(),
            delivery.attempt.into(),
            time.micros().into(),
            text::storable(error).into(),
        ];
        let ended = sql::execute(self.writer(), &sql, values).await?;
        if ended == 1 {
            Ok(())
        } else {
            Err(Error::LeaseLost)
        }
    }
}

/// The deliveries' events by the attempt that each is at: its lease.
fn by_attempt(deliveries: &[Delivery]) -> BTreeMap<i64, Vec<i64>> {
    let mut held = BTreeMap::<i64, Vec<i64>>::new();
    for delivery in deliveries {
        let seqs = held.entry(delivery.attempt).or_default();
        seqs.push(delivery.event.seq);
    }
    held
}
