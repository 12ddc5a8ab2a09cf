//! `Rate`: how fast the messages of one source go out, and who has to wait for that.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use laurel_store::Source;
use tokio::time::Instant;

/// So many messages in a second, a minute or an hour, spread over it: `20/s`, `600/m`, `10000/h`. What is not sent in a
/// pause may follow at once, up to a second's worth.
///
/// ```
/// use laurel_notify::Rate;
///
/// let rate: Rate = "600/m".parse()?;
/// assert_eq!(rate.to_string(), "600/m");
/// # Ok::<(), laurel_notify::InvalidRate>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    messages: NonZeroU32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
}

/// A text that is no [`Rate`].
///
/// ```
/// use laurel_notify::{InvalidRate, Rate};
///
/// assert_eq!("20/d".parse::<Rate>(), Err(InvalidRate));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a rate; write a number of messages and a unit, such as \"20/s\", \"600/m\" or \"10000/h\""
)]
pub struct InvalidRate;

impl Unit {
    const ALL: [Self; 3] = [Self::Second, Self::Minute, Self::Hour];

    fn letter(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "m",
            Self::Hour => "h",
        }
    }

    fn seconds(self) -> u32 {
        match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3600,
        }
    }
}

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let (messages, letter) = text.split_once('/').ok_or(InvalidRate)?;
        let messages: u32 = messages.trim().parse().map_err(|_| InvalidRate)?;
        let mut units = Unit::ALL.into_iter();
        let unit = units.find(|unit| unit.letter() == letter.trim());
        Ok(Self {
            messages: NonZeroU32::new(messages).ok_or(InvalidRate)?,
            unit: unit.ok_or(InvalidRate)?,
        })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.messages, self.unit.letter())
    }
}

impl Rate {
    fn quota(self) -> Option<Quota> {
        let unit = Duration::from_secs(u64::from(self.unit.seconds()));
        let a_seconds_worth = NonZeroU32::new(self.messages.get() / self.unit.seconds());
        let quota = Quota::with_period(unit / self.messages.get())?;
        Some(quota.allow_burst(a_seconds_worth.unwrap_or(NonZeroU32::MIN)))
    }
}

/// What each source has left of its rate, and until when those wait that have nothing.
#[derive(Default)]
pub(super) struct Rates {
    limiter: Option<DefaultKeyedRateLimiter<Source>>,
    waiting: Mutex<HashMap<Source, Instant>>,
}

/// As long as a source waits at the least, so that several of its messages go together.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);

impl Rates {
    pub(super) fn new(rate: Option<Rate>) -> Self {
        let quota = rate.and_then(Rate::quota);
        Self {
            limiter: quota.map(RateLimiter::keyed),
            waiting: Mutex::default(),
        }
    }

    /// Has a message of `source` go out, or says how long it waits.
    pub(super) fn take(&self, source: &Source) -> Result<(), Duration> {
        let Some(limiter) = &self.limiter else {
            return Ok(());
        };
        limiter.check_key(source).map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            let wait = wait.max(SHORTEST_WAIT);
            self.waiting().insert(source.clone(), Instant::now() + wait);
            wait
        })
    }

    /// The sources that wait.
    pub(super) fn spent(&self) -> Vec<Source> {
        let now = Instant::now();
        let mut waiting = self.waiting();
        waiting.retain(|_, until| *until > now);
        waiting.keys().cloned().collect()
    }

    /// How long until the first of them goes on.
    pub(super) fn next(&self) -> Option<Duration> {
        let first = self.waiting().values().min().copied()?;
        Some(first.saturating_duration_since(Instant::now()))
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Source, Instant>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_and_a_unit() {
        for text in ["20/s", "600/m", "10000/h"] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), text);
        }
        for text in ["", "20", "0/s", "-1/s", "20/d", "20/ss", "s/20", "1.5/s"] {
            assert_eq!(text.parse::<Rate>(), Err(InvalidRate), "{text:?}");
        }
    }

    #[test]
    fn each_source_has_its_own_and_waits_for_more() {
        let rates = Rates::new("2/s".parse().ok());
        let (one, other) = (Source::new("one").unwrap(), Source::new("other").unwrap());
        let taken = [&one, &one, &one, &other].map(|source| rates.take(source).is_ok());
        assert_eq!(taken, [true, true, false, true]);
        assert_eq!(rates.spent(), [one]);
        assert!(rates.next().unwrap() <= Duration::from_millis(500));
        let unlimited = Rates::new(None);
        assert!((0..1000).all(|_| unlimited.take(&other).is_ok()));
    }
}
