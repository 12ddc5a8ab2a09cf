//! How long a failed delivery waits.

use std::time::Duration;

use rand::Rng;

use crate::Settings;

/// The wait after the `attempt`th failure: doubled each time, up to a cap, and then somewhere between a half and the
/// whole of that, so that what failed together does not come back together.
pub(crate) fn wait(settings: &Settings, attempt: i64) -> Duration {
    let doublings = u32::try_from(attempt.clamp(1, 32) - 1).unwrap_or(0);
    let whole = settings
        .backoff
        .saturating_mul(1 << doublings)
        .min(settings.longest_backoff);
    whole.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_its_cap() {
        let settings = Settings::default();
        for (attempt, whole) in [(1, 1), (2, 2), (5, 16), (10, 512), (11, 600), (99, 600)] {
            let (wait, whole) = (wait(&settings, attempt), Duration::from_secs(whole));
            assert!(wait >= whole / 2 && wait <= whole, "{attempt}: {wait:?}");
        }
    }
}
