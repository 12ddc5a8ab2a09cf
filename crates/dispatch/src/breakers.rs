//! Sources whose events fail one after the other take rests, so that those of others do not wait behind them.
//!
//! A rest is as long as the failures before it were: events that fail at once cost others next to nothing and rest
//! next to nothing; events that hang until their deadline do not take up the worker.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use laurel_store::Source;

/// So many failures in a row are a source that fails, rather than events that do.
const IN_A_ROW: u32 = 3;
/// A rest is this many times as long as the failure before it: a failing source has a fifth of a worker at most.
const REST: u32 = 4;
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_mins(5);

/// What one worker knows of the sources whose events fail.
#[derive(Debug, Default)]
pub(crate) struct Breakers(HashMap<Source, Breaker>);

#[derive(Debug)]
struct Breaker {
    failures: u32,
    rests_until: Instant,
}

impl Breakers {
    /// An event of the source failed after so long. Answers how long the source rests from now on, where it does.
    pub(crate) fn failed(&mut self, source: &Source, took: Duration) -> Option<Duration> {
        let now = Instant::now();
        let breaker = self.0.entry(source.clone()).or_insert(Breaker {
            failures: 0,
            rests_until: now,
        });
        breaker.failures = breaker.failures.saturating_add(1);
        let rest = took.saturating_mul(REST).clamp(SHORTEST, LONGEST);
        (breaker.failures >= IN_A_ROW).then(|| {
            breaker.rests_until = now + rest;
            rest
        })
    }

    /// An event of the source was handled: it fails no more.
    pub(crate) fn succeeded(&mut self, source: &Source) {
        self.0.remove(source);
    }

    /// How long the source is still to rest; none where it does not.
    pub(crate) fn rest(&self, source: &Source) -> Option<Duration> {
        let until = self.0.get(source)?.rests_until;
        let rest = until.saturating_duration_since(Instant::now());
        (!rest.is_zero()).then_some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_rests_after_failures_in_a_row_as_long_as_they_took() {
        let [one, other] = ["one", "other"].map(|name| Source::new(name).expect("a name"));
        let mut breakers = Breakers::default();
        let (quick, slow) = (Duration::from_millis(1), Duration::from_secs(30));
        assert_eq!(breakers.failed(&one, slow), None);
        assert_eq!(breakers.failed(&one, slow), None);
        assert_eq!(
            breakers.failed(&other, slow),
            None,
            "each has its own count"
        );
        assert_eq!(breakers.failed(&one, slow), Some(4 * slow));
        assert!(breakers.rest(&one).is_some_and(|rest| rest > 3 * slow));
        assert_eq!(breakers.rest(&other), None);
        assert_eq!(breakers.failed(&one, quick), Some(SHORTEST));
        assert_eq!(breakers.failed(&one, 100 * slow), Some(LONGEST));
        breakers.succeeded(&one);
        assert_eq!(breakers.rest(&one), None);
        assert_eq!(breakers.failed(&one, slow), None, "it starts over");
    }
}
