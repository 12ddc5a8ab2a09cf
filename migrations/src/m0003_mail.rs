//! Mail: the outbox, what became of each try, and who is not to be written to.

crate::dialect::migration!(
    r"
CREATE TABLE outbox (
    id {uuid} NOT NULL PRIMARY KEY,
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    channel {text} NOT NULL,
    event_seq {int} NOT NULL,
    event_id {uuid} NOT NULL,
    kind {text} NOT NULL,
    from_tier_id {text},
    to_tier_id {text},
    from_tier_name {text},
    to_tier_name {text},
    from_tier_level {real},
    to_tier_level {real},
    triggered_by {text},
    received_at {int} NOT NULL,
    created_at {int} NOT NULL,
    state {text} NOT NULL CHECK (state IN ('pending', 'sent', 'merged', 'skipped', 'cancelled', 'dead')),
    reason {text},
    merged_into {uuid},
    due_at {int} NOT NULL,
    attempts {int} NOT NULL DEFAULT 0,
    locked_until {int},
    last_error {text},
    finished_at {int},
    UNIQUE (event_seq, channel)
) {table};

CREATE INDEX outbox_pending ON outbox (channel, due_at, event_seq) WHERE state = 'pending';

CREATE INDEX outbox_pending_by_customer ON outbox (source, customer_id, channel, event_seq)
    WHERE state = 'pending';

CREATE INDEX outbox_by_customer ON outbox (source, customer_id, channel, event_seq);

CREATE TABLE delivery_attempts (
    outbox_id {uuid} NOT NULL REFERENCES outbox (id),
    attempt {int} NOT NULL,
    attempted_at {int} NOT NULL,
    outcome {text} NOT NULL,
    relay {text},
    code {int},
    reply {text},
    PRIMARY KEY (outbox_id, attempt)
) {clustered};

CREATE TABLE suppressions (
    source {text} NOT NULL,
    address {text} NOT NULL,
    reason {text} NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (source, address)
) {clustered};

CREATE TABLE preferences (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    channel {text} NOT NULL,
    kind {text} NOT NULL,
    wanted {bool} NOT NULL,
    updated_at {int} NOT NULL,
    PRIMARY KEY (source, customer_id, channel, kind)
) {clustered};

CREATE TABLE erasures (
    source {text} NOT NULL,
    customer_hash {blob} NOT NULL,
    erased_at {int} NOT NULL,
    PRIMARY KEY (source, customer_hash)
) {clustered};
"
);
