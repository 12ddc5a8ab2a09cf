//! Delivery ids that senders have signed: each stands for one content of its source, for ever.

crate::dialect::migration!(
    r"
CREATE TABLE delivery_ids (
    source {text} NOT NULL,
    delivery_id {text} NOT NULL,
    digest {blob} NOT NULL,
    event_id {uuid} NOT NULL,
    PRIMARY KEY (source, delivery_id)
) {clustered};
"
);
