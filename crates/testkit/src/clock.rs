//! A clock that stands still until it is moved.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use laurel_payloads::Timestamp;
use laurel_store::Clock;

/// A clock that shows 2026-03-01T12:00:00Z until it is moved.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_store::Clock;
/// use laurel_testkit::FixedClock;
///
/// let clock = FixedClock::default();
/// clock.advance(Duration::from_hours(24));
/// assert_eq!(clock.now().to_string(), "2026-03-02T12:00:00Z");
/// ```
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl Default for FixedClock {
    fn default() -> Self {
        Self::at(Timestamp::parse_rfc3339("2026-03-01T12:00:00Z").expect("a time"))
    }
}

impl FixedClock {
    /// A clock that shows this time.
    pub fn at(time: Timestamp) -> Self {
        Self(AtomicI64::new(time.micros()))
    }

    /// Moves it forward.
    ///
    /// # Panics
    /// By more than 292,000 years.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).expect("a duration within reach");
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    /// Moves it back, as whoever corrects a clock does.
    ///
    /// # Panics
    /// By more than 292,000 years.
    pub fn set_back(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).expect("a duration within reach");
        self.0.fetch_sub(by, Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
