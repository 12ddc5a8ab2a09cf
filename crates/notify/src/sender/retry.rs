//! When a message is tried again, and when that ends.

use std::time::Duration;

use laurel_payloads::Timestamp;
use rand::Rng;

/// The wait after the first try; it doubles with each.
const FIRST_WAIT: Duration = Duration::from_mins(1);
/// No wait is longer, but for the jitter.
const LONGEST_WAIT: Duration = Duration::from_hours(4);
/// How long a message is tried for: the four days of RFC 5321 §4.5.4.1.
const GIVE_UP_AFTER: Duration = Duration::from_hours(4 * 24);

/// When to try again after `attempts` tries (this one included), the first of them at `first`;
/// `None` to give up.
pub(super) fn next_try(attempts: i64, first: Timestamp, now: Timestamp) -> Option<Timestamp> {
    if now >= first.saturating_add(GIVE_UP_AFTER) {
        return None;
    }
    let doublings = u32::try_from(attempts.saturating_sub(1))
        .unwrap_or(0)
        .min(16);
    let wait = (FIRST_WAIT * 2_u32.pow(doublings)).min(LONGEST_WAIT);
    // A fifth more or less, so that what failed together does not come back together.
    Some(now.saturating_add(wait.mul_f64(rand::rng().random_range(0.8..1.2))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_minute_to_four_hours_with_jitter() {
        let now = Timestamp::from_micros(0);
        for (attempts, minutes) in [(1, 1), (2, 2), (3, 4), (8, 128), (9, 240), (1_000_000, 240)] {
            let next = next_try(attempts, now, now).unwrap().micros();
            let expected = minutes * 60_000_000;
            assert!(
                (expected * 8 / 10..=expected * 12 / 10).contains(&next),
                "{attempts}: {next}"
            );
        }
    }

    #[test]
    fn a_message_is_given_up_four_days_after_its_first_try() {
        let first = Timestamp::from_micros(0);
        let end = first.saturating_add(GIVE_UP_AFTER);
        assert_eq!(next_try(30, first, end), None);
        assert!(next_try(30, first, end.saturating_sub(Duration::from_secs(1))).is_some());
    }
}
