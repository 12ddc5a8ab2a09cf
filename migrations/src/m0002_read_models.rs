//! The read models: what the `history` subscriber derives from the event log, and can derive again.
//!
//! `customer_aliases` is the exception: it is told, not derived, and a replay leaves it alone.

crate::dialect::migration!(
    r"
CREATE TABLE customers (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    first_seen_at {int} NOT NULL,
    last_seen_at {int} NOT NULL,
    profile_seq {int},
    name {text},
    email {text},
    status {text},
    is_anonymous {bool},
    country {text},
    registered_at {int},
    consents_to_email {bool},
    wallet_seq {int},
    wallet_as_of {int},
    tier_id {text},
    tier_since {int},
    previous_tier_id {text},
    PRIMARY KEY (source, customer_id)
) {clustered};

CREATE INDEX customers_by_first_seen ON customers (source, first_seen_at, customer_id);

CREATE INDEX customers_by_tier ON customers (source, tier_id, first_seen_at, customer_id);

CREATE TABLE customer_aliases (
    source {text} NOT NULL,
    alias_id {text} NOT NULL,
    customer_id {text} NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (source, alias_id)
) {clustered};

CREATE TABLE wallet_balances (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    reward_id {text} NOT NULL,
    total {int} NOT NULL,
    expires_at {int},
    PRIMARY KEY (source, customer_id, reward_id)
) {clustered};

CREATE TABLE history_entries (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    occurred_at {int} NOT NULL,
    event_seq {int} NOT NULL,
    event_id {uuid} NOT NULL,
    kind {text} NOT NULL,
    received_at {int} NOT NULL,
    behavior_event_id {text},
    attempts {int} NOT NULL DEFAULT 1,
    last_occurred_at {int} NOT NULL,
    PRIMARY KEY (source, customer_id, occurred_at, event_seq)
) {clustered};

CREATE UNIQUE INDEX history_entries_by_event ON history_entries (event_seq);

CREATE UNIQUE INDEX history_entries_by_failure ON history_entries (source, customer_id, behavior_event_id)
    WHERE kind = 'BEHAVIOR_EVENT_FAILED' AND behavior_event_id IS NOT NULL;

CREATE TABLE behavior_failures (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    behavior_event_id {text} NOT NULL,
    event_seq {int} NOT NULL,
    PRIMARY KEY (source, customer_id, behavior_event_id, event_seq)
) {clustered};

CREATE TABLE reward_lines (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    event_seq {int} NOT NULL,
    line {int} NOT NULL,
    kind {text} NOT NULL,
    occurred_at {int} NOT NULL,
    reward_id {text} NOT NULL,
    brand_id {text},
    campaign_id {text},
    amount {int} NOT NULL,
    issued_at {int},
    expires_at {int},
    reservation_expires_at {int},
    PRIMARY KEY (source, customer_id, event_seq, line)
) {clustered};

CREATE INDEX reward_lines_by_reward ON reward_lines (source, customer_id, reward_id, occurred_at);

CREATE INDEX reward_lines_reserved ON reward_lines (source, customer_id, reward_id)
    WHERE kind = 'REWARDS_RESERVATION';

CREATE TABLE tier_changes (
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    event_seq {int} NOT NULL,
    event_id {uuid} NOT NULL,
    kind {text} NOT NULL,
    occurred_at {int} NOT NULL,
    received_at {int} NOT NULL,
    from_tier_id {text},
    to_tier_id {text},
    from_tier_name {text},
    to_tier_name {text},
    from_tier_level {real},
    to_tier_level {real},
    triggered_by {text},
    trigger_event_id {text},
    trigger_event_type {text},
    PRIMARY KEY (source, customer_id, event_seq)
) {clustered};

CREATE TABLE rewards (
    source {text} NOT NULL,
    reward_id {text} NOT NULL,
    learnt_seq {int} NOT NULL,
    brand_id {text},
    name {text},
    type {text},
    conversion_factor {int},
    PRIMARY KEY (source, reward_id)
) {clustered};

CREATE TABLE tiers (
    source {text} NOT NULL,
    tier_id {text} NOT NULL,
    learnt_seq {int} NOT NULL,
    name {text},
    level {real},
    PRIMARY KEY (source, tier_id)
) {clustered};
"
);
