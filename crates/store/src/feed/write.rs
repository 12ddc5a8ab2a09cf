//! Writes the feed, in the transaction that enters what it tells of.
//!
//! Positions are given out in the order of the commits. On SQLite there is one writer. On PostgreSQL a lock is held from
//! here to the end of the transaction, so that whoever sees a position sees every lower one that there will ever be.
//! It is taken when all else is written and costs little beside the notification, for which the server takes turns
//! among the commits anyway (`docs/decisions/011-positions-in-the-order-of-the-commits.md`).

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::is_tier_change;
use super::listen::CHANNEL;
use crate::history::NewEntry;
use crate::{Result, Tx, sql};

const COLUMNS: &str = "source, customer_id, event_seq, tier_change";

/// The advisory lock whose holder gives out positions.
const TURN: i64 = 7_310_220_418;

/// For how long a holder that has vanished, machine and all, keeps the others waiting.
const PATIENCE: &str = "5s";

impl Tx {
    /// Tells of new entries; what was told of once is not told of again. To be called when all else is written.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn feed(&self, entries: &[NewEntry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut entries: Vec<&NewEntry> = entries.iter().collect();
        entries.sort_by_key(|entry| entry.event_seq);
        let rows = entries.iter().map(|entry| {
            [
                entry.source.as_str().into(),
                entry.customer_id.as_str().into(),
                entry.event_seq.into(),
                is_tier_change(entry.kind).into(),
            ]
        });
        let (connection, rows) = (self.connection(), rows.collect());
        if connection.get_database_backend() == DbBackend::Postgres {
            connection.execute_raw(in_turn(rows)).await?;
        } else {
            let into = format!("feed ({COLUMNS})");
            sql::insert(connection, &into, rows, "ON CONFLICT DO NOTHING").await?;
        }
        self.note_feed();
        Ok(())
    }
}

/// One statement that waits for its turn, writes, and has the commit wake those who listen. The rows are sorted, which
/// needs them all, and the turn with them, before the first is given its position.
fn in_turn(rows: Vec<[sea_orm::Value; 4]>) -> Statement {
    let (given, values) = sql::given(COLUMNS, rows);
    let sql = format!(
        "WITH turn AS MATERIALIZED (SELECT \
         set_config('idle_in_transaction_session_timeout', '{PATIENCE}', true), pg_advisory_xact_lock({TURN})), \
         told AS (INSERT INTO feed ({COLUMNS}) SELECT given.* FROM turn, ({given}) AS given \
         ORDER BY given.event_seq ON CONFLICT DO NOTHING RETURNING 1) \
         SELECT pg_notify('{CHANNEL}', '') FROM told LIMIT 1"
    );
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
