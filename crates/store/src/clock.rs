//! Time and new ids, injected: the one home of the raw calls.

use std::fmt::Debug;
use std::time::{SystemTime, UNIX_EPOCH};

use laurel_payloads::Timestamp;
use uuid::Uuid;

/// Where the time of day and new ids come from.
///
/// Tests give the store a clock that they move themselves. Leases alone do not ask it: they compare on the database's
/// clock, which all copies share.
///
/// ```
/// use laurel_payloads::Timestamp;
/// use laurel_store::Clock;
///
/// /// Has stopped at noon.
/// #[derive(Debug)]
/// struct Noon;
///
/// impl Clock for Noon {
///     fn now(&self) -> Timestamp {
///         Timestamp::from_micros(1_772_366_400_000_000)
///     }
/// }
///
/// assert_eq!(Noon.id().get_version_num(), 7);
/// ```
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time now, UTC.
    fn now(&self) -> Timestamp;

    /// A new UUID of version 7 (RFC 9562): ids made later sort later.
    fn id(&self) -> Uuid {
        let micros = u64::try_from(self.now().micros()).unwrap_or(0);
        let (seconds, nanos) = (micros / 1_000_000, (micros % 1_000_000) * 1_000);
        let nanos = u32::try_from(nanos).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos))
    }
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one home of the raw call")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}
