//! How the dispatcher works.

use std::time::Duration;

/// How the dispatcher works. The defaults are what `laurel serve` uses.
///
/// ```
/// use laurel_dispatch::Settings;
///
/// let settings = Settings { workers: 4, ..Settings::default() };
/// assert!(settings.lease > settings.handler_deadline);
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    /// Workers for each subscriber.
    pub workers: usize,
    /// Events that are handed over at once, at most.
    pub batch: u32,
    /// How long a worker may hold a delivery before it counts as dead. Longer than `handler_deadline`.
    pub lease: Duration,
    /// How long a subscriber may take for a batch.
    pub handler_deadline: Duration,
    /// How long it may hold its write transaction open.
    pub write_deadline: Duration,
    /// How often the queue is looked at without a reason: for events of other copies, retries, and leases that ran out.
    pub poll: Duration,
    /// After this many tries a delivery is dead.
    pub most_attempts: i64,
    /// The wait after the first failure; it doubles with each.
    pub backoff: Duration,
    /// The longest wait.
    pub longest_backoff: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            workers: 1,
            batch: 128,
            lease: Duration::from_mins(1),
            handler_deadline: Duration::from_secs(30),
            write_deadline: Duration::from_secs(1),
            poll: Duration::from_millis(500),
            most_attempts: 10,
            backoff: Duration::from_secs(1),
            longest_backoff: Duration::from_mins(10),
        }
    }
}
