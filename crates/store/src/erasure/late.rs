//! What comes of a customer after they were erased: it is kept, redacted.

use std::collections::BTreeSet;

use laurel_payloads::{CustomerId, Timestamp, mentioned};

use crate::{EventRecord, Result, Source, Store, Tx, sql};

/// How many quarantined events one look covers.
const PAGE: usize = 100;

impl Tx {
    /// Redacts those of these events whose customer is erased, and keeps their profiles deleted. To be called after
    /// [`update_customers`](Self::update_customers), which has locked the customers' rows: an erasure that is begun
    /// meanwhile waits for this transaction, or this one has waited for it and sees its mark.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn redact_erased(&self, events: &[EventRecord]) -> Result<()> {
        let customers = events.iter().filter_map(|event| {
            let customer = event.customer_id.as_ref()?;
            Some((&event.source, customer))
        });
        let erased = self.erased(customers.collect()).await?;
        for (source, customer) in &erased {
            self.clear_profiles(source, std::slice::from_ref(customer))
                .await?;
        }
        if erased.is_empty() {
            return Ok(());
        }
        let theirs = events.iter().filter(|event| is_about(event, &erased));
        let theirs: Vec<EventRecord> = theirs.cloned().collect();
        self.redact_events(&theirs).await?;
        Ok(())
    }
}

fn is_about(event: &EventRecord, customers: &BTreeSet<(Source, CustomerId)>) -> bool {
    let customer = event.customer_id.clone();
    customer.is_some_and(|customer| customers.contains(&(event.source.clone(), customer)))
}

impl Store {
    /// Redacts the quarantined events of erased customers, which nobody handles: a page of them from `after` on.
    /// Answers with where the next page begins; none at the end.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn redact_quarantine(&self, after: i64) -> Result<Option<i64>> {
        let sql = format!(
            "SELECT seq FROM events WHERE state = 'quarantined' AND seq > $1 ORDER BY seq LIMIT {PAGE}"
        );
        let rows = sql::query(self.reader(), &sql, [after.into()]).await?;
        let seqs: Vec<i64> = rows
            .iter()
            .map(|row| row.try_get("", "seq"))
            .collect::<Result<_, _>>()?;
        let Some(&last) = seqs.last() else {
            return Ok(None);
        };
        let mut theirs = Vec::new();
        for event in self.events_by_seq(&seqs).await? {
            let named = match &event.customer_id {
                Some(customer) => vec![customer.clone()],
                None => mentioned(&event.body)
                    .customers
                    .iter()
                    .filter_map(|id| id.parse().ok())
                    .collect(),
            };
            if !self.scope(&event.source).erased(&named).await?.is_empty() {
                theirs.push(event);
            }
        }
        if !theirs.is_empty() {
            let tx = self.begin().await?;
            tx.redact_events(&theirs).await?;
            tx.commit().await?;
        }
        Ok(Some(last))
    }

    /// Whether anybody was ever erased, which most of what is done about it can ask first.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn has_erased(&self) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM erasures) AS erased";
        let rows = sql::query(self.reader(), sql, []).await?;
        let erased = rows.first().map(|row| row.try_get("", "erased"));
        Ok(erased.transpose()?.unwrap_or(false))
    }

    /// Goes on with erasures that somebody has begun and nobody has touched since `before`. Answers how many.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn resume_erasures(&self, before: Timestamp) -> Result<usize> {
        let abandoned = self.abandoned_erasures(before).await?;
        for erasure in &abandoned {
            self.scope(&erasure.source)
                .erase(&erasure.customer_id)
                .await?;
        }
        Ok(abandoned.len())
    }
}
