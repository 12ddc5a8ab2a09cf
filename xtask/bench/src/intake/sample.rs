//! One measurement of one contender, and the median of several.

use std::time::Duration;

use crate::contenders::Server;
use crate::load::{self, Bodies, Load, Report};
use crate::processes::{peak_memory, processor_time};
use crate::table::median;

/// What one run of a load came to.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    /// Accepted in a second.
    pub(super) rate: f64,
    /// The times, in milliseconds, within which half, 99 % and 99.9 % were answered.
    pub(super) within: [f64; 3],
    /// Processor time of the server, and of its database, in microseconds for each accepted event.
    pub(super) cost: [f64; 2],
    /// The most memory that the server has held since its start, in MiB.
    pub(super) peak: f64,
    /// Refused, of all.
    pub(super) refused: f64,
}

/// How a load is applied.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Shape {
    pub(super) connections: usize,
    pub(super) size: usize,
    /// Of an open loop, in a second.
    pub(super) rate: Option<f64>,
    pub(super) time: Duration,
}

/// Applies a load to a server, and says what it came to.
pub(super) fn take(server: &mut Server, shape: Shape, bodies: &Bodies) -> anyhow::Result<Sample> {
    let before = times(server);
    let report = post(server, shape, None, bodies)?;
    server.process.check()?;
    let after = times(server);
    Ok(Sample::of(&report, before, after, server.process.id()))
}

/// Posts to a server, `most` times unless the time is over sooner.
pub(super) fn post(
    server: &Server,
    shape: Shape,
    most: Option<u64>,
    bodies: &Bodies,
) -> anyhow::Result<Report> {
    let load = Load {
        server: server.address,
        door: server.door.clone(),
        connections: shape.connections,
        size: shape.size,
        rate: shape.rate,
        time: shape.time,
        most,
    };
    load::run(&load, bodies)
}

fn times(server: &Server) -> [Duration; 2] {
    let database = server.database.map_or(Duration::ZERO, processor_time);
    [processor_time(server.process.id()), database]
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
impl Sample {
    fn of(report: &Report, before: [Duration; 2], after: [Duration; 2], id: u32) -> Self {
        let accepted = report.accepted() as f64;
        let cost = |place: usize| {
            let used = after[place].saturating_sub(before[place]);
            used.as_secs_f64() * 1e6 / accepted
        };
        Self {
            rate: report.rate(),
            within: [0.5, 0.99, 0.999].map(|share| report.within(share)),
            cost: [cost(0), cost(1)],
            peak: peak_memory(id).unwrap_or(f64::NAN),
            refused: report.refused() as f64 / (report.refused() as f64 + accepted),
        }
    }

    /// Of each figure the median.
    pub(super) fn median(samples: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(samples.iter().map(figure));
        Self {
            rate: of(|sample| sample.rate),
            within: [
                of(|sample| sample.within[0]),
                of(|sample| sample.within[1]),
                of(|sample| sample.within[2]),
            ],
            cost: [of(|sample| sample.cost[0]), of(|sample| sample.cost[1])],
            peak: of(|sample| sample.peak),
            refused: of(|sample| sample.refused),
        }
    }
}
