//! What is counted.

const MESSAGES: &str = "laurel_outbox_messages_total";
const PENDING: &str = "laurel_outbox_pending";

/// Says what the figures mean, to whoever reads `/metrics`.
pub(super) fn describe() {
    metrics::describe_counter!(
        MESSAGES,
        "Messages by channel and outcome: sent, merged, retried, paused, skipped, dead."
    );
    metrics::describe_gauge!(
        PENDING,
        "Messages that have not found their end, by channel; those that wait for an address included."
    );
}

/// Counts messages that came to the same outcome.
pub(super) fn count(channel: &'static str, outcome: &'static str, messages: usize) {
    let messages = u64::try_from(messages).unwrap_or(u64::MAX);
    metrics::counter!(MESSAGES, "channel" => channel, "outcome" => outcome).increment(messages);
}

/// Notes how many messages are pending.
#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; 2^53 messages are not pending"
)]
pub(super) fn pending(channel: &'static str, messages: i64) {
    metrics::gauge!(PENDING, "channel" => channel).set(messages as f64);
}
