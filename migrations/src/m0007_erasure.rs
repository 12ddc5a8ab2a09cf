//! Erasing: how far each erasure has come, who did what, and when a message was last sent anew.

crate::dialect::migration!(
    r"
ALTER TABLE erasures ADD COLUMN customer_id {text};

ALTER TABLE erasures ADD COLUMN scanned_to {int} NOT NULL DEFAULT 0;

ALTER TABLE erasures ADD COLUMN touched_at {int} NOT NULL DEFAULT 0;

CREATE INDEX erasures_under_way ON erasures (source, customer_id) WHERE customer_id IS NOT NULL;

ALTER TABLE outbox ADD COLUMN resent_at {int};

CREATE TABLE audit_log (
    id {uuid} NOT NULL PRIMARY KEY,
    source {text} NOT NULL,
    at {int} NOT NULL,
    who {text} NOT NULL,
    action {text} NOT NULL,
    target {text} NOT NULL,
    outcome {text} NOT NULL
) {table};

CREATE INDEX audit_log_by_source ON audit_log (source, id);
"
);
