//! A source's own share: so many requests a second, and so many at once.

use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::{Problem, RateLimit};

/// Counts the requests of one source, once it is known that they are its own.
#[derive(Debug)]
pub(crate) struct Limit(DefaultDirectRateLimiter);

impl Limit {
    pub(crate) fn new(RateLimit { per_second, burst }: RateLimit) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(burst);
        Self(RateLimiter::direct(quota))
    }

    /// Lets one more request through, or says in how many seconds the next one will be.
    pub(crate) fn take(&self) -> Result<(), Problem> {
        let Err(until) = self.0.check() else {
            return Ok(());
        };
        let wait = until.wait_time_from(self.0.clock().now());
        // Rounded up: who comes a moment too early is sent away again.
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Err(Problem::RateLimited(seconds.max(1)))
    }
}
