//! The event log: events, the window in which a repeat is a duplicate, and who is to be told of each event.
//!
//! A delivery holds no foreign key: it is written in the transaction that writes its event, and on PostgreSQL the check
//! would have every append lock the same few rows of `subscribers`.

crate::dialect::migration!(
    r"
CREATE TABLE events (
    seq {seq},
    id {uuid} NOT NULL UNIQUE,
    source {text} NOT NULL,
    kind {text},
    customer_id {text},
    state {text} NOT NULL CHECK (state IN ('accepted', 'quarantined')),
    quarantine_reason {text},
    quarantine_place {text},
    body {blob} NOT NULL,
    digest {blob} NOT NULL,
    received_at {int} NOT NULL,
    occurred_at {int} NOT NULL,
    delivery_count {int} NOT NULL DEFAULT 1,
    last_delivered_at {int} NOT NULL,
    trace_context {text}
) {table};

CREATE INDEX events_by_source ON events (source, seq);

CREATE INDEX events_quarantined ON events (source, seq) WHERE state = 'quarantined';

CREATE TABLE recent (
    source {text} NOT NULL,
    digest {blob} NOT NULL,
    event_id {uuid} NOT NULL,
    first_seen_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    PRIMARY KEY (source, digest)
) {clustered};

CREATE INDEX recent_by_expiry ON recent (expires_at);

CREATE TABLE subscribers (
    name {text} NOT NULL PRIMARY KEY,
    kinds {text},
    backfilled_to {int} NOT NULL,
    backfill_until {int} NOT NULL,
    registered_at {int} NOT NULL
) {table};

CREATE TABLE deliveries (
    subscriber {text} NOT NULL,
    event_seq {int} NOT NULL,
    attempts {int} NOT NULL DEFAULT 0,
    crashes {int} NOT NULL DEFAULT 0,
    due_at {int} NOT NULL,
    locked_until {int},
    dead_at {int},
    last_error {text},
    PRIMARY KEY (subscriber, event_seq)
) {clustered};

CREATE INDEX deliveries_due ON deliveries (subscriber, due_at, event_seq)
    WHERE locked_until IS NULL AND dead_at IS NULL;

CREATE INDEX deliveries_leased ON deliveries (subscriber, locked_until)
    WHERE locked_until IS NOT NULL;

CREATE INDEX deliveries_dead ON deliveries (subscriber, event_seq)
    WHERE dead_at IS NOT NULL;
"
);
