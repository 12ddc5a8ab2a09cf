//! What a run came to, and the table of all of them.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::questions::Depth;
use crate::table::{self, figure, median};

/// What one run of one contender came to.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    /// Answered in a second.
    pub(super) rate: f64,
    /// The times, in milliseconds, within which half and 99 % were answered.
    pub(super) within: [f64; 2],
    /// Processor time of the server, and of its database, in microseconds for each answer.
    pub(super) cost: [f64; 2],
    /// What the server holds at the end, in MiB.
    pub(super) memory: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
impl Taken {
    pub(super) fn of(times: &Histogram<u64>, time: Duration, used: [Duration; 2]) -> Self {
        let count = times.len() as f64;
        Self {
            rate: count / time.as_secs_f64(),
            within: [0.5, 0.99].map(|share| times.value_at_quantile(share) as f64 / 1_000.0),
            cost: used.map(|used| used.as_secs_f64() * 1e6 / count),
            memory: f64::NAN,
        }
    }
}

/// Prints the medians: the last contender is the limit that the others are held against.
pub(super) fn print(depth: Depth, names: &[&str], taken: &[Vec<Taken>]) {
    let title = match depth {
        Depth::First => "The first page, random customers",
        Depth::Top => "The first page, customers with a deep history",
        Depth::Deep => "A page deep in the same histories",
    };
    println!("### {title}\n");
    let of = |runs: &[Taken], figure: fn(&Taken) -> f64| median(runs.iter().map(figure));
    let rate = |name: &str| {
        let found = names.iter().position(|known| known.starts_with(name));
        found.map_or(f64::NAN, |found| of(&taken[found], |one| one.rate))
    };
    let (limit, peer) = (rate("pgbench"), rate("PostGraphile"));
    let head = [
        "",
        "requests/s",
        "of pgbench",
        "of PostGraphile",
        "p50 ms",
        "p99 ms",
        "CPU µs",
        "database µs",
        "resident MiB",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (name, runs) in names.iter().zip(taken) {
        let figures = [
            of(runs, |one| one.rate),
            of(runs, |one| one.rate) / limit,
            of(runs, |one| one.rate) / peer,
            of(runs, |one| one.within[0]),
            of(runs, |one| one.within[1]),
            of(runs, |one| one.cost[0]),
            of(runs, |one| one.cost[1]),
            of(runs, |one| one.memory),
        ];
        let mut row = vec![(*name).to_owned()];
        row.extend(figures.map(figure));
        rows.push(row);
    }
    table::print(&rows);
}
