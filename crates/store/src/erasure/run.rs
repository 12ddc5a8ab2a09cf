//! An erasure from its beginning to its end.

use std::collections::BTreeSet;

use laurel_payloads::CustomerId;

use super::ErasureKey;
use super::log::known_as;
use crate::convert::customer_id;
use crate::{Result, Scope, sql};

/// What an erasure has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The customer, by the id that they have now.
    pub customer_id: CustomerId,
    /// How many events were redacted; those of an earlier run are not counted again.
    pub events: u64,
    /// How many messages were taken back.
    pub messages: u64,
}

/// The texts by which a customer was known: what is looked for where it must not be.
#[derive(Default)]
struct Traces {
    texts: BTreeSet<String>,
    addresses: BTreeSet<String>,
}

impl Traces {
    /// A name is many people's: it is not looked for by itself.
    fn add(&mut self, texts: &[String]) {
        let addresses = texts.iter().filter(|text| text.contains('@'));
        self.addresses
            .extend(addresses.clone().map(|text| text.to_lowercase()));
        self.texts.extend(addresses.cloned());
        if let [name, email] = texts {
            // As they stand in a row, one after the other.
            self.texts.insert(format!("{name}{email}"));
        }
    }
}

impl Scope {
    /// Erases a customer, by any id that they have or had: redacts their events, deletes the profile, takes back what is
    /// to be sent to them, and stops whatever comes later from bringing the profile back. What is counted stays. Answers
    /// none where nobody has ever told of such a customer.
    ///
    /// It goes by short transactions and may be run again at any time: it then goes on where it was interrupted.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database); [`Error::Unsuitable`](crate::Error::Unsuitable) where the rows are
    /// clean, and SQLite's files could not be cleaned.
    pub async fn erase(&self, customer: &CustomerId) -> Result<Option<Erased>> {
        let ids = self.ids_of(customer).await?;
        if !self.is_known(&ids).await? {
            return Ok(None);
        }
        let key = self.store().make_erasure_key().await?;
        let mut traces = Traces::default();
        for known in self.customers_by_id(&ids).await?.into_values() {
            let texts: Vec<String> = [known.name, known.email].into_iter().flatten().collect();
            traces.add(&texts);
        }
        let (after, mut messages) = self.begin(key, &ids, &traces).await?;
        let mut events = self.redact_log(key, &ids, after, &mut traces).await?;
        let about = self.quarantined_about(&ids, &traces.addresses).await?;
        for some in about.chunks(100) {
            let tx = self.store().begin().await?;
            events += tx.redact_events(some).await?;
            tx.commit().await?;
        }
        // What a worker has written meanwhile, that had begun before the mark.
        messages += self.clear(key, &ids, &traces).await?;
        // What an earlier run has found is not known any more: then the file is written anew without a look.
        let known = (after == 0).then_some(traces.texts);
        self.store().clean_files(known).await?;
        let tx = self.store().begin().await?;
        tx.reached(key, self.source(), &ids[0], 0, true).await?;
        tx.commit().await?;
        Ok(Some(Erased {
            customer_id: ids[0].clone(),
            events,
            messages,
        }))
    }

    /// Every id of a customer: the one that they have now, and those that they had.
    async fn ids_of(&self, customer: &CustomerId) -> Result<Vec<CustomerId>> {
        let sql = "SELECT customer_id FROM customer_aliases WHERE source = $1 AND alias_id = $2";
        let values = [self.source().as_str().into(), customer.as_str().into()];
        let rows = sql::query(self.reader(), sql, values).await?;
        let own = match rows.first() {
            Some(row) => customer_id(row.try_get("", "customer_id")?)?,
            None => customer.clone(),
        };
        let sql = "SELECT alias_id FROM customer_aliases WHERE source = $1 AND customer_id = $2 ORDER BY alias_id";
        let values = [self.source().as_str().into(), own.as_str().into()];
        let mut ids = vec![own];
        for row in sql::query(self.reader(), sql, values).await? {
            ids.push(customer_id(row.try_get("", "alias_id")?)?);
        }
        if !ids.contains(customer) {
            ids.push(customer.clone());
        }
        Ok(ids)
    }

    /// Whether anybody has told of one of these customers: a read model, a mark, or else an event.
    async fn is_known(&self, ids: &[CustomerId]) -> Result<bool> {
        if !self.customers_by_id(ids).await?.is_empty() || !self.erased(ids).await?.is_empty() {
            return Ok(true);
        }
        let (mut after, until) = (0, self.end_of_log().await?);
        while after < until {
            let step = self.next_of_log(ids, after, until).await?;
            if !step.events.is_empty() {
                return Ok(true);
            }
            after = step.reached;
        }
        Ok(false)
    }

    /// Marks the customer and deletes what is about them outside of the log. Answers how far the log is done, and how
    /// many messages were taken back.
    async fn begin(
        &self,
        key: &ErasureKey,
        ids: &[CustomerId],
        traces: &Traces,
    ) -> Result<(i64, u64)> {
        let tx = self.store().begin().await?;
        let after = tx.mark(key, self.source(), ids).await?;
        tx.commit().await?;
        // The mark is there for all to see before the profile goes: see `Tx::redact_erased`.
        Ok((after, self.clear(key, ids, traces).await?))
    }

    async fn clear(&self, key: &ErasureKey, ids: &[CustomerId], traces: &Traces) -> Result<u64> {
        let tx = self.store().begin().await?;
        tx.clear_profiles(self.source(), ids).await?;
        let messages = tx.clear_messages(self.source(), ids).await?;
        tx.hide_suppressions(key, self.source(), &traces.addresses)
            .await?;
        tx.commit().await?;
        Ok(messages)
    }

    /// Redacts the log from `after` up to its present end; what comes later is redacted when it is handled.
    async fn redact_log(
        &self,
        key: &ErasureKey,
        ids: &[CustomerId],
        mut after: i64,
        traces: &mut Traces,
    ) -> Result<u64> {
        let until = self.end_of_log().await?;
        let mut redacted = 0;
        while after < until {
            let step = self.next_of_log(ids, after, until).await?;
            for event in &step.events {
                traces.add(&known_as(event));
            }
            let tx = self.store().begin().await?;
            redacted += tx.redact_events(&step.events).await?;
            tx.reached(key, self.source(), &ids[0], step.reached, false)
                .await?;
            tx.commit().await?;
            after = step.reached;
        }
        Ok(redacted)
    }
}
