//! What the programme's activity is read from: everybody's entries by time.

crate::dialect::migration!(
    r"
CREATE INDEX history_entries_by_time ON history_entries (source, occurred_at, kind);
"
);
