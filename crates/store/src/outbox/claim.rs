//! Claims what is to go out next, one customer's messages at a time.

use std::time::Duration;

use laurel_payloads::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value};
use uuid::Uuid;

use super::OutboxLease;
use super::record::{COLUMNS, OutboxRecord, from_row};
use super::waiting::REACHABLE;
use crate::deliveries::micros;
use crate::{Result, Source, Store, Tx, sql};

/// What a worker asks for.
#[derive(Debug, Clone, Copy)]
pub struct OutboxClaim<'a> {
    /// The channel that it serves.
    pub channel: &'a str,
    /// Messages of one customer received within this time of the first go out as one; zero: each goes out alone.
    pub settle: Duration,
    /// A message waits for an address until it is this old; then it is claimed, to be skipped.
    pub stale_after: Duration,
    /// How long the worker may hold them without a sign of life.
    pub lease: Duration,
    /// At most this many customers.
    pub limit: u32,
    /// Sources whose messages are left where they are for now.
    pub except: &'a [Source],
}

/// Messages for one customer that go out, or not, as one.
#[derive(Debug, Clone)]
pub struct OutboxGroup {
    /// The messages in the order of receipt of their events; never empty.
    pub messages: Vec<OutboxRecord>,
    /// What the worker holds them by.
    pub lease: OutboxLease,
}

/// A customer's first pending message is the head of a group: whoever leases it has the whole group, for no message of a
/// customer is claimed while an earlier one is pending, or any is leased. So mails to one customer keep their order.
/// A customer whose address is not known yet waits; one who is not to be written to at all need not.
const OPEN: &str = "outbox.channel = $1 AND outbox.state = 'pending' AND outbox.due_at <= $2 \
     AND (outbox.locked_until IS NULL OR outbox.locked_until <= {now}) \
     AND NOT EXISTS (SELECT 1 FROM outbox other WHERE other.source = outbox.source \
       AND other.customer_id = outbox.customer_id AND other.channel = outbox.channel AND other.state = 'pending' \
       AND (other.event_seq < outbox.event_seq OR other.locked_until > {now}))";

/// How many candidates are looked at for each group that is wanted: other workers go for the same ones.
const CANDIDATES: u32 = 2;
/// As many are looked at in any case.
const FEWEST_CANDIDATES: u32 = 64;
/// The most groups of one claim: they are named one by one in a statement.
const MOST_GROUPS: u32 = 64;
/// How many times as many are looked at where those have nobody to go to.
const WIDER: u32 = 32;

/// A message that may go out.
struct Candidate {
    id: Uuid,
    event_seq: i64,
    /// Whether there is somebody to go to, or it has waited for too long.
    ready: bool,
}

impl Store {
    /// Claims groups of messages that are due.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn claim_outbox(&self, claim: &OutboxClaim<'_>) -> Result<Vec<OutboxGroup>> {
        let open = OPEN.replace("{now}", sql::now(self.backend()));
        let now = self.clock().now();
        let conditions = [
            claim.channel.into(),
            now.micros().into(),
            now.saturating_sub(claim.stale_after).micros().into(),
        ];
        let limit = claim.limit.clamp(1, MOST_GROUPS);
        let mut look = limit.saturating_mul(CANDIDATES).max(FEWEST_CANDIDATES);
        loop {
            let found = self
                .candidates(&open, &conditions, claim.except, look)
                .await?;
            let all = found.len() < look as usize;
            let (ready, unreachable): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|candidate| candidate.ready);
            let unreachable = unreachable.iter().map(|candidate| candidate.event_seq);
            self.set_aside(claim.channel, unreachable.collect()).await?;
            let ready: Vec<Uuid> = ready.iter().map(|candidate| candidate.id).collect();
            let groups = self
                .claim_first(&ready, limit, &open, &conditions, claim)
                .await?;
            if all || !groups.is_empty() {
                return Ok(groups);
            }
            look = look.saturating_mul(WIDER);
        }
    }

    /// Claims the first of these that are still to be had: where others were faster, the next ones are tried.
    async fn claim_first(
        &self,
        candidates: &[Uuid],
        limit: u32,
        open: &str,
        conditions: &[Value; 3],
        claim: &OutboxClaim<'_>,
    ) -> Result<Vec<OutboxGroup>> {
        let claimable = format!("{open} AND (outbox.received_at <= $3 OR {REACHABLE})");
        for ids in candidates.chunks(limit as usize) {
            let heads = self
                .claim_heads(ids, limit, &claimable, conditions, claim.lease)
                .await?;
            if heads.is_empty() {
                continue;
            }
            let mut groups = Vec::with_capacity(heads.len());
            for (head, lease) in heads {
                let followers = self.followers(&head, claim).await?;
                let messages = std::iter::once(head).chain(followers).collect();
                groups.push(OutboxGroup { messages, lease });
            }
            return Ok(groups);
        }
        Ok(Vec::new())
    }

    /// What is due first, and of what waits for an address that which has waited for too long. Looked for among the
    /// readers: nobody else need wait for the look.
    async fn candidates(
        &self,
        open: &str,
        conditions: &[Value; 3],
        except: &[Source],
        limit: u32,
    ) -> Result<Vec<Candidate>> {
        let backend = self.backend();
        let sql = format!(
            "SELECT * FROM (SELECT id, event_seq, (received_at <= $3 OR {REACHABLE}) AS ready, due_at FROM outbox \
               WHERE {open} AND NOT waiting AND NOT outbox.source {except} ORDER BY due_at, event_seq LIMIT $4) AS due \
             UNION ALL SELECT * FROM (SELECT id, event_seq, TRUE AS ready, due_at FROM outbox \
               WHERE {open} AND waiting AND received_at <= $3 AND NOT outbox.source {except} \
               ORDER BY received_at LIMIT $4) AS stale \
             ORDER BY due_at, event_seq LIMIT $4",
            except = sql::in_list(backend, 5)
        );
        let except = except.iter().map(|source| source.as_str().to_owned());
        let values = conditions.iter().cloned().chain([
            i64::from(limit).into(),
            sql::list(backend, except.collect::<Vec<_>>()),
        ]);
        let rows = sql::query(self.reader(), &sql, values).await?;
        let candidate = |row: &QueryResult| {
            Ok(Candidate {
                id: row.try_get("", "id")?,
                event_seq: row.try_get("", "event_seq")?,
                ready: row.try_get("", "ready")?,
            })
        };
        rows.iter().map(candidate).collect()
    }

    /// Leases those of these messages that are still to be had, all in one transaction, in the order of their events.
    async fn claim_heads(
        &self,
        ids: &[Uuid],
        limit: u32,
        claimable: &str,
        conditions: &[Value; 3],
        lease: Duration,
    ) -> Result<Vec<(OutboxRecord, OutboxLease)>> {
        // Always as many places, the last id repeated, so that the statement's text stays the same.
        let places: Vec<_> = (5..limit + 5).map(|place| format!("${place}")).collect();
        let last = ids.last().into_iter().cycle();
        let ids: Vec<Value> = ids
            .iter()
            .chain(last)
            .take(limit as usize)
            .map(|&id| id.into())
            .collect();
        let sql = format!(
            "UPDATE outbox SET locked_until = {now} + $4, attempts = attempts + 1 \
             WHERE id IN ({places}) AND {claimable} RETURNING {COLUMNS}, outbox.locked_until",
            now = sql::now(self.backend()),
            places = places.join(", "),
        );
        let tx = self.begin().await?;
        tx.take_turns(&ids).await?;
        let values = conditions
            .iter()
            .cloned()
            .chain([micros(lease).into()])
            .chain(ids);
        let rows = sql::query(tx.connection(), &sql, values).await?;
        tx.commit().await?;
        let mut heads = rows.iter().map(leased).collect::<Result<Vec<_>>>()?;
        heads.sort_by_key(|(head, _)| head.event_seq);
        Ok(heads)
    }

    /// The pending messages for the same customer within the settle window of a head.
    async fn followers(
        &self,
        head: &OutboxRecord,
        claim: &OutboxClaim<'_>,
    ) -> Result<Vec<OutboxRecord>> {
        // A later place in the log may hold what was received a little earlier.
        if claim.settle.is_zero() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS} FROM outbox WHERE source = $1 AND customer_id = $2 AND channel = $3 \
             AND state = 'pending' AND event_seq > $4 AND received_at < $5 ORDER BY event_seq"
        );
        let values = [
            head.source.as_str().into(),
            head.customer_id.as_str().into(),
            claim.channel.into(),
            head.event_seq.into(),
            head.received_at
                .saturating_add(claim.settle)
                .micros()
                .into(),
        ];
        sql::query(self.reader(), &sql, values)
            .await?
            .iter()
            .map(from_row)
            .collect()
    }

    /// How many messages of a channel have not found their end, those that wait for an address included.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn outbox_pending(&self, channel: &str) -> Result<i64> {
        let sql = "SELECT count(*) AS n FROM outbox WHERE state = 'pending' AND channel = $1";
        let rows = sql::query(self.reader(), sql, [channel.into()]).await?;
        Ok(rows
            .first()
            .map(|row| row.try_get("", "n"))
            .transpose()?
            .unwrap_or(0))
    }

    /// When the next message of a channel is due; of those that wait for an address, some may be left out.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn next_outbox_due(&self, channel: &str) -> Result<Option<Timestamp>> {
        let sql = "SELECT min(due_at) AS due_at FROM outbox WHERE state = 'pending' AND channel = $1 \
                   AND NOT waiting";
        let rows = sql::query(self.reader(), sql, [channel.into()]).await?;
        let due: Option<Option<i64>> = rows
            .first()
            .map(|row| row.try_get("", "due_at"))
            .transpose()?;
        Ok(due.flatten().map(Timestamp::from_micros))
    }
}

impl Tx {
    /// Has the claims on one customer's messages take turns: what they look at on PostgreSQL must not change before
    /// they write. All of them lock in the same order. On SQLite there is one writer.
    async fn take_turns(&self, heads: &[Value]) -> Result<()> {
        if self.connection().get_database_backend() == DbBackend::Postgres {
            let places: Vec<_> = (1..=heads.len()).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT message.id FROM outbox message JOIN outbox head ON head.source = message.source \
                 AND head.customer_id = message.customer_id AND head.channel = message.channel \
                 WHERE head.id IN ({}) AND message.state = 'pending' \
                 ORDER BY message.event_seq FOR UPDATE OF message",
                places.join(", ")
            );
            sql::query(self.connection(), &sql, heads.iter().cloned()).await?;
        }
        Ok(())
    }
}

fn leased(row: &QueryResult) -> Result<(OutboxRecord, OutboxLease)> {
    let head = from_row(row)?;
    let lease = OutboxLease {
        head: head.id,
        attempts: head.attempts,
        locked_until: row.try_get("", "locked_until")?,
    };
    Ok((head, lease))
}
