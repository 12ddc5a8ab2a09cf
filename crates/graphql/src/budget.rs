//! What a token may spend in a minute, where the operator has said how much. What is not spent does not add up.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::turns::Token;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

/// So many tokens are remembered before those that have all of their budget again are forgotten.
const REMEMBERED: usize = 1_024;

type Limiter<C> = RateLimiter<Token, HashMapStateStore<Token>, C, StateInformationMiddleware>;

/// The budgets of all tokens.
pub(crate) struct Budget<C: Clock = DefaultClock> {
    limiter: Limiter<C>,
    clock: C,
    a_minute: NonZeroU32,
}

/// Why a query is not paid for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Broke {
    /// There is enough again after this time.
    For(Duration),
    /// It costs more than the budget of a whole minute.
    Always(NonZeroU32),
}

impl Budget {
    pub(crate) fn new(a_minute: NonZeroU32) -> Self {
        Self::by(DefaultClock::default(), a_minute)
    }
}

impl<C: Clock + Clone> Budget<C> {
    fn by(clock: C, a_minute: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::new(
                Quota::per_minute(a_minute),
                HashMapStateStore::default(),
                clock.clone(),
            ),
            clock,
            a_minute,
        }
    }

    /// Pays for a query; says what is left.
    pub(crate) fn spend(&self, token: &Token, cost: usize) -> Result<u32, Broke> {
        let always = || Broke::Always(self.a_minute);
        let cost = u32::try_from(cost.max(1)).map_err(|_| always())?;
        let cost = NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN);
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key_n(token, cost) {
            Ok(Ok(left)) => Ok(left.remaining_burst_capacity()),
            Ok(Err(until)) => Err(Broke::For(until.wait_time_from(self.clock.now()))),
            Err(_) => Err(always()),
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;
    use uuid::Uuid;

    use super::*;

    const ANA: Token = Token::Key(Uuid::from_u128(1));
    const BEN: Token = Token::Key(Uuid::from_u128(2));

    #[test]
    fn each_token_spends_its_own_budget_and_has_it_again_after_a_minute() {
        let clock = FakeRelativeClock::default();
        let budget = Budget::by(clock.clone(), NonZeroU32::new(600).unwrap());
        assert_eq!(budget.spend(&ANA, 500), Ok(100));
        assert_eq!(
            budget.spend(&ANA, 200),
            Err(Broke::For(Duration::from_secs(10)))
        );
        assert_eq!(budget.spend(&BEN, 200), Ok(400));
        clock.advance(Duration::from_secs(10));
        assert_eq!(budget.spend(&ANA, 200), Ok(0));
        assert_eq!(
            budget.spend(&ANA, 601),
            Err(Broke::Always(NonZeroU32::new(600).unwrap()))
        );
    }
}
