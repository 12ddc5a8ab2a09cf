//! Holds: what was ever reserved, told apart by reward, campaign and issue time, and whether it can still be open.
//!
//! A hold is worked out anew from its lines whenever one is added, so that it does not matter in which order they come.

use std::collections::BTreeSet;

use laurel_payloads::{EventKind, Timestamp};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value as Json, json};

use super::NewLine;
use crate::{Result, Tx, sql};

/// Stands for a `closed_seq` and for a time that never come.
pub(super) const NEVER: i64 = i64::MAX;

/// Stands for an issue time that was not told.
pub(super) const NO_TIME: i64 = -i64::MAX;

/// Holds `h` by when they closed and end.
pub(super) fn holds_by_close(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "holds h",
        _ => "holds h INDEXED BY holds_by_close",
    }
}

/// Joins the holds `h` of which this is so, by when they closed and end.
pub(super) fn join_holds(backend: DbBackend, condition: &str) -> String {
    by_index(backend, "holds", "h", "holds_by_close", condition)
}

/// Joins the lines `l` of holds `h`, by the index that has nothing but such lines.
pub(super) fn join_lines(backend: DbBackend) -> String {
    let condition = format!(
        "l.customer_id || '' = h.customer_id || '' AND l.source = h.source AND l.reward_id = h.reward_id \
         AND coalesce(l.issued_at, {NO_TIME}) = +h.issued_at AND coalesce(l.campaign_id, '') = h.campaign_id \
         AND l.kind IN ('REWARDS_RESERVATION', 'REWARDS_RESERVATION_CANCELLED', 'CUSTOMER_REDEMPTION')"
    );
    by_index(
        backend,
        "reward_lines",
        "l",
        "reward_lines_of_holds",
        &condition,
    )
}

// The expressions are those of the indexes; on the other side the plus takes its type from a column, of which SQLite would
// think that the index has not got it.

/// A join that looks up the few rows of a table which each row so far asks for. `PostgreSQL` cannot know that they are few,
/// and would read the whole table at once; `SQLite` has no statistics by which to choose among the table's indexes.
fn by_index(backend: DbBackend, table: &str, name: &str, index: &str, condition: &str) -> String {
    match backend {
        DbBackend::Postgres => format!(
            "CROSS JOIN LATERAL (SELECT * FROM {table} {name} WHERE {condition} OFFSET 0) AS {name}"
        ),
        _ => format!("JOIN {table} {name} INDEXED BY {index} ON {condition}"),
    }
}

/// What tells holds apart, and the types of the columns.
const KEY: [(&str, &str); 5] = [
    ("source", "TEXT"),
    ("customer_id", "TEXT"),
    ("reward_id", "TEXT"),
    ("campaign_id", "TEXT"),
    ("issued_at", "BIGINT"),
];

impl Tx {
    /// Notes what these lines, which have been added, mean to the holds that they are of. A hold is open from its first
    /// line that reserves on. The last of its lines closes it where no more was reserved than taken: from then on nothing
    /// of it is open, whatever ends by itself. What is redeemed without having been reserved is no hold.
    pub(super) async fn note_holds(&self, lines: &[NewLine]) -> Result<()> {
        let keys: BTreeSet<_> = lines
            .iter()
            .filter(|line| holds(line.kind))
            .map(key)
            .collect();
        if keys.is_empty() {
            return Ok(());
        }
        let backend = self.connection().get_database_backend();
        let keys: Vec<Json> = keys.into_iter().map(|key| json!(key)).collect();
        let reserves = "l.kind = 'REWARDS_RESERVATION'";
        let counted =
            "CASE WHEN (l.kind = 'REWARDS_RESERVATION') = (l.amount > 0) THEN l.amount ELSE 0 END";
        let columns = KEY.map(|(name, _)| format!("h.{name}")).join(", ");
        let statement = format!(
            "INSERT INTO holds ({key}, opened_seq, closed_seq, ends_at) \
             SELECT {columns}, min(CASE WHEN {reserves} THEN l.event_seq END), \
             CASE WHEN {open} THEN {NEVER} ELSE max(l.event_seq) END, \
             max(CASE WHEN {reserves} THEN coalesce(l.reservation_expires_at, {NEVER}) END) \
             FROM ({touched}) AS h {lines} \
             GROUP BY {columns} HAVING count(CASE WHEN {reserves} THEN 1 END) > 0 \
             ON CONFLICT ({key}) DO UPDATE SET opened_seq = excluded.opened_seq, closed_seq = excluded.closed_seq, \
             ends_at = excluded.ends_at",
            key = KEY.map(|(name, _)| name).join(", "),
            open = sql::is_positive(counted),
            touched = sql::json_table(backend, "$1", &KEY),
            lines = join_lines(backend),
        );
        let keys = Json::from(keys).to_string();
        sql::execute(self.connection(), &statement, [keys.into()]).await?;
        Ok(())
    }
}

fn holds(kind: EventKind) -> bool {
    use EventKind::{CustomerRedemption, RewardsReservation, RewardsReservationCancelled};
    matches!(
        kind,
        CustomerRedemption | RewardsReservation | RewardsReservationCancelled
    )
}

fn key(line: &NewLine) -> (&str, &str, &str, &str, i64) {
    (
        line.source.as_str(),
        line.customer_id.as_str(),
        line.reward_id.as_str(),
        line.campaign_id.as_ref().map_or("", |id| id.as_str()),
        line.issued_at.map_or(NO_TIME, Timestamp::micros),
    )
}
