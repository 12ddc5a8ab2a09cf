//! The feed: every entry of a history in the order in which it became visible, for those who follow.
//!
//! It is not derived again by a replay: a place in it is a cursor in somebody's hands. What the histories hold already
//! takes the first places, so that no replay tells of it as if it were new.

crate::dialect::migration!(
    r"
CREATE TABLE feed (
    position {seq},
    source {text} NOT NULL,
    customer_id {text} NOT NULL,
    event_seq {int} NOT NULL,
    tier_change {bool} NOT NULL
) {table};

CREATE UNIQUE INDEX feed_by_customer ON feed (source, customer_id, event_seq);

CREATE INDEX feed_of_tiers ON feed (source, position) WHERE tier_change;

INSERT INTO feed (source, customer_id, event_seq, tier_change)
    SELECT source, customer_id, event_seq, kind IN ('TIER_UPGRADE', 'TIER_DOWNGRADE')
    FROM history_entries ORDER BY event_seq;

INSERT INTO feed (source, customer_id, event_seq, tier_change)
    SELECT source, customer_id, event_seq, FALSE FROM behavior_failures WHERE TRUE ORDER BY event_seq
    ON CONFLICT DO NOTHING;
"
);
