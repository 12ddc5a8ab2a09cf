//! Ten times what the writer takes: it goes on at its pace, and the rest is turned away at once.

use std::path::Path;

use super::Options;
use super::sample::{Shape, post};
use crate::contenders::Laurel;
use crate::load::Bodies;
use crate::processes::{peak_memory, resident_memory};
use crate::table::{self, figure};

/// What the writer is held to, in a second.
const PACE: f64 = 1_000.0;
/// More than may wait for the writer.
const CONNECTIONS: usize = 2_048;

pub(super) fn run(options: &Options, folder: &Path) -> anyhow::Result<()> {
    println!(
        "## Overload\n\nThe writer held to {PACE}/s, {}/s offered over {CONNECTIONS} connections for {} s, 1,536 bytes.\n",
        PACE * 10.0,
        options.seconds * 3
    );
    let head = [
        "",
        "accepted/s",
        "of the pace",
        "refused/s",
        "refused within ms p50",
        "p99",
        "idle MiB",
        "peak MiB",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for database in &options.database {
        let place = folder.join(format!("overload-{database:?}"));
        let held_back = format!(
            "ingest.events_per_second = {PACE}\nhttp.max_connections_per_address = {CONNECTIONS}\n"
        );
        let laurel = Laurel::new(&options.places, *database, &place, &held_back)?;
        let mut server = laurel.start("all")?;
        let idle = resident_memory(server.process.id()).unwrap_or(f64::NAN);
        let shape = Shape {
            connections: CONNECTIONS,
            size: 1536,
            rate: Some(PACE * 10.0),
            time: options.time() * 3,
        };
        let report = post(&server, shape, None, &Bodies::default())?;
        server.process.check()?;
        let peak = peak_memory(server.process.id()).unwrap_or(f64::NAN);
        rows.push(vec![
            server.name.to_owned(),
            figure(report.rate()),
            figure(report.rate() / PACE),
            figure(report.refusal_rate()),
            figure(report.refused_within(0.5)),
            figure(report.refused_within(0.99)),
            figure(idle),
            figure(peak),
        ]);
        server.process.stop()?;
    }
    table::print(&rows);
    Ok(())
}
