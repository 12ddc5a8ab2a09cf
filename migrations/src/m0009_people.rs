//! What customers and their mail servers answer: the reports that came back, and all the ids of one customer.

crate::dialect::migration!(
    r"
CREATE TABLE mail_reports (
    digest {blob} NOT NULL PRIMARY KEY,
    outbox_id {uuid} NOT NULL,
    kind {text} NOT NULL CHECK (kind IN ('bounce', 'delay', 'complaint')),
    status {text},
    recorded_at {int} NOT NULL
) {clustered};

CREATE INDEX mail_reports_by_message ON mail_reports (outbox_id);

CREATE INDEX customer_aliases_by_customer ON customer_aliases (source, customer_id);
"
);
