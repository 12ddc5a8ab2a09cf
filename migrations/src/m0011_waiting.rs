//! Messages that wait for an address stand aside: whoever looks for work does not walk past all of them.

crate::dialect::migration!(
    r"
ALTER TABLE outbox ADD COLUMN waiting {bool} NOT NULL DEFAULT FALSE;

DROP INDEX outbox_pending;

CREATE INDEX outbox_pending ON outbox (channel, due_at, event_seq) WHERE state = 'pending' AND NOT waiting;

CREATE INDEX outbox_waiting ON outbox (channel, received_at) WHERE state = 'pending' AND waiting;
"
);
