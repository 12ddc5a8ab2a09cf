//! What came of a load.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

/// Answers by status, and how long they took, from the time that a post was due.
pub(crate) struct Report {
    by_status: BTreeMap<u16, u64>,
    broken: u64,
    accepted: Histogram<u64>,
    refused: Histogram<u64>,
    took: Duration,
}

impl Default for Report {
    fn default() -> Self {
        // Microseconds up to a minute and a half, to three digits; it grows by itself beyond.
        let histogram = || {
            let mut histogram = Histogram::new(3).unwrap_or_else(|_| unreachable!("three digits"));
            histogram.auto(true);
            histogram
        };
        Self {
            by_status: BTreeMap::new(),
            broken: 0,
            accepted: histogram(),
            refused: histogram(),
            took: Duration::ZERO,
        }
    }
}

impl Report {
    pub(super) fn answered(&mut self, status: u16, after: Duration) {
        *self.by_status.entry(status).or_default() += 1;
        let micros = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        let times = if is_accepted(status) {
            &mut self.accepted
        } else {
            &mut self.refused
        };
        // It grows by itself, so there is room for any time.
        times.record(micros).ok();
    }

    pub(super) fn broken(&mut self) {
        self.broken += 1;
    }

    pub(super) fn took(&mut self, took: Duration) {
        self.took = took;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (status, count) in &other.by_status {
            *self.by_status.entry(*status).or_default() += count;
        }
        self.broken += other.broken;
        // Both grow by themselves, so there is always room.
        self.accepted.add(&other.accepted).ok();
        self.refused.add(&other.refused).ok();
    }

    /// Posts that were answered 2xx, in all.
    pub(crate) fn accepted(&self) -> u64 {
        let accepted = |(status, _): &(&u16, &u64)| is_accepted(**status);
        self.by_status.iter().filter(accepted).map(|(_, n)| n).sum()
    }

    /// Posts that were answered otherwise, or not at all.
    pub(crate) fn refused(&self) -> u64 {
        self.by_status.values().sum::<u64>() + self.broken - self.accepted()
    }

    /// Posts answered 2xx in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.in_a_second(self.accepted())
    }

    /// Posts refused in a second.
    pub(crate) fn refusal_rate(&self) -> f64 {
        self.in_a_second(self.refused())
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    fn in_a_second(&self, count: u64) -> f64 {
        count as f64 / self.took.as_secs_f64().max(f64::MIN_POSITIVE)
    }

    /// The time within which this share of the accepted posts was answered, in milliseconds.
    pub(crate) fn within(&self, share: f64) -> f64 {
        millis(&self.accepted, share)
    }

    /// The time within which this share of the refusals was answered, in milliseconds.
    pub(crate) fn refused_within(&self, share: f64) -> f64 {
        millis(&self.refused, share)
    }
}

fn is_accepted(status: u16) -> bool {
    (200..300).contains(&status)
}

fn millis(times: &Histogram<u64>, share: f64) -> f64 {
    Duration::from_micros(times.value_at_quantile(share)).as_secs_f64() * 1_000.0
}
