//! Makes a subscriber known, gives it what came before it, and starts one over.

use laurel_payloads::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend};

use crate::{Kinds, Result, Store, Tx, sql};

/// How many events one step of a backfill looks at: a short transaction, so that intake goes on.
const STEP: usize = 1_000;

impl Store {
    /// Makes a subscriber known, so that every later append delivers to it.
    ///
    /// A new subscriber is owed everything that is in the log: [`backfill`](Self::backfill) hands it over. One whose
    /// kinds have changed is given the new kinds from now on; what came before takes a [`restart`](Self::restart).
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn register(&self, name: &str, kinds: &Kinds) -> Result<()> {
        let sql = "SELECT kinds FROM subscribers WHERE name = $1";
        let rows = sql::query(self.reader(), sql, [name.into()]).await?;
        if let Some(row) = rows.first()
            && Kinds::from_column(row.try_get("", "kinds")?)? == *kinds
        {
            return Ok(());
        }
        let tx = self.begin().await?;
        tx.lock_routes().await?;
        let sql = "INSERT INTO subscribers (name, kinds, backfilled_to, backfill_until, registered_at) \
                   VALUES ($1, $2, 0, (SELECT COALESCE(max(seq), 0) FROM events), $3) \
                   ON CONFLICT (name) DO UPDATE SET kinds = excluded.kinds";
        let values = [
            name.into(),
            kinds.to_column().into(),
            self.clock().now().micros().into(),
        ];
        sql::execute(tx.connection(), sql, values).await?;
        tx.commit().await
    }

    /// One step of handing a subscriber what it is owed from the log. Answers whether there is more to hand over.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database); the step is made again by the next call.
    pub async fn backfill(&self, name: &str) -> Result<bool> {
        let owed = "SELECT 1 FROM subscribers WHERE name = $1 AND backfilled_to < backfill_until";
        if sql::query(self.reader(), owed, [name.into()])
            .await?
            .is_empty()
        {
            return Ok(false);
        }
        let tx = self.begin().await?;
        let more = tx.backfill_step(name).await?;
        tx.commit().await?;
        Ok(more)
    }

    /// Owes a subscriber the whole log again, and forgets its dead letters. What it wrote is its own to clear.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database); nothing was changed.
    pub async fn restart(&self, name: &str) -> Result<bool> {
        let tx = self.begin().await?;
        let known = tx.restart(name).await?;
        tx.commit().await?;
        Ok(known)
    }
}

impl Tx {
    /// As [`Store::restart`], within a transaction that also clears what the subscriber had written.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn restart(&self, name: &str) -> Result<bool> {
        self.lock_routes().await?;
        // Row by row it would meet a worker that settles its batch in another order.
        self.lock("deliveries IN SHARE ROW EXCLUSIVE MODE").await?;
        let sql = "UPDATE subscribers SET backfilled_to = 0, \
                   backfill_until = (SELECT COALESCE(max(seq), 0) FROM events) WHERE name = $1";
        if sql::execute(self.connection(), sql, [name.into()]).await? == 0 {
            return Ok(false);
        }
        let sql = "DELETE FROM deliveries WHERE subscriber = $1";
        sql::execute(self.connection(), sql, [name.into()]).await?;
        Ok(true)
    }

    /// Waits until no append is under way and holds new ones off, so that `max(seq)` parts exactly what an append has
    /// delivered from what it has not. An append reads `subscribers` in its transaction, which suffices to exclude it.
    async fn lock_routes(&self) -> Result<()> {
        self.lock("subscribers IN ACCESS EXCLUSIVE MODE").await
    }

    /// Locks a table on PostgreSQL; on SQLite this transaction is the only writer.
    async fn lock(&self, table: &str) -> Result<()> {
        if self.connection().get_database_backend() == DbBackend::Postgres {
            let sql = format!("LOCK TABLE {table}");
            self.connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn backfill_step(&self, name: &str) -> Result<bool> {
        // A write to the row first: two copies at the same step take turns.
        let sql = "UPDATE subscribers SET name = name WHERE name = $1 \
                   RETURNING kinds, backfilled_to, backfill_until";
        let rows = sql::query(self.connection(), sql, [name.into()]).await?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        let kinds = Kinds::from_column(row.try_get("", "kinds")?)?;
        let (from, until): (i64, i64) = (
            row.try_get("", "backfilled_to")?,
            row.try_get("", "backfill_until")?,
        );
        let sql = "SELECT seq, kind, state, received_at FROM events WHERE seq > $1 AND seq <= $2 \
                   ORDER BY seq LIMIT $3";
        let values = [
            from.into(),
            until.into(),
            i64::try_from(STEP).unwrap_or(i64::MAX).into(),
        ];
        let events = sql::query(self.connection(), sql, values).await?;
        let mut last = from;
        let mut deliveries = Vec::new();
        for event in &events {
            let (seq, received_at): (i64, i64) =
                (event.try_get("", "seq")?, event.try_get("", "received_at")?);
            let (kind, state): (Option<String>, String) =
                (event.try_get("", "kind")?, event.try_get("", "state")?);
            last = seq;
            if state == "accepted" && kinds.take(kind.as_deref()) {
                let due_at = Timestamp::from_micros(received_at).micros();
                deliveries.push([name.into(), seq.into(), due_at.into()]);
            }
        }
        // A step that is not full has reached the end.
        let reached = if events.len() < STEP { until } else { last };
        crate::routes::deliver(self.connection(), deliveries).await?;
        let sql = "UPDATE subscribers SET backfilled_to = $2 WHERE name = $1";
        sql::execute(self.connection(), sql, [name.into(), reached.into()]).await?;
        Ok(reached < until)
    }
}
