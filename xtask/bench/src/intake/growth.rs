//! With more and more events stored: the pace, the memory, and the time to start.

use std::path::Path;
use std::time::{Duration, Instant};

use super::Options;
use super::sample::{Sample, Shape, post, take};
use crate::contenders::{Database, Laurel, Server};
use crate::load::Bodies;
use crate::processes::{peak_memory, resident_memory};
use crate::table::{self, figure, median};

/// Long enough for any number of events.
const FILLING: Duration = Duration::from_hours(2);

pub(super) fn run(options: &Options, folder: &Path) -> anyhow::Result<()> {
    println!(
        "## Growth\n\nAn empty database and one that {} events were posted to, in turns; 64 connections, 1,536 bytes; \
         medians of {} runs of {} s each.\n",
        options.events, options.rounds, options.seconds
    );
    let head = [
        "",
        "events/s empty",
        "full",
        "full of empty",
        "MiB idle",
        "at a tenth",
        "at the end",
        "peak at 256 connections",
        "start ms empty",
        "full",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for database in &options.database {
        rows.push(grow(options, *database, folder)?);
    }
    table::print(&rows);
    Ok(())
}

fn grow(options: &Options, database: Database, folder: &Path) -> anyhow::Result<Vec<String>> {
    let place = |name: &str| folder.join(format!("growth-{database:?}-{name}"));
    let full = Laurel::new(&options.places, database, &place("full"), "")?;
    let mut server = full.start("ingest")?;
    let bodies = Bodies::default();
    let shape = Shape {
        connections: 64,
        size: 1536,
        rate: None,
        time: FILLING,
    };
    let idle = held(&server);
    post(&server, shape, Some(options.events / 10), &bodies)?;
    let at_a_tenth = held(&server);
    post(
        &server,
        shape,
        Some(options.events - options.events / 10),
        &bodies,
    )?;
    let at_the_end = held(&server);
    let mut row = vec![server.name.to_owned()];

    let empty = Laurel::new(&options.places, database, &place("empty"), "")?;
    let mut beside = empty.start("ingest")?;
    let shape = Shape {
        time: options.time(),
        ..shape
    };
    let (mut of_empty, mut of_full) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        of_empty.push(take(&mut beside, shape, &bodies)?);
        of_full.push(take(&mut server, shape, &bodies)?);
    }
    let (of_empty, of_full) = (
        Sample::median(&of_empty).rate,
        Sample::median(&of_full).rate,
    );
    let crowd = Shape {
        connections: 256,
        ..shape
    };
    take(&mut server, crowd, &bodies)?;
    let peak = peak_memory(server.process.id()).unwrap_or(f64::NAN);
    server.process.stop()?;
    beside.process.stop()?;
    let new = Laurel::new(&options.places, database, &place("new"), "")?;
    let mut starts = [Vec::new(), Vec::new()];
    for _ in 0..options.rounds {
        for (laurel, starts) in [&new, &full].into_iter().zip(&mut starts) {
            let began = Instant::now();
            let mut server = laurel.start("ingest")?;
            starts.push(began.elapsed().as_secs_f64() * 1_000.0);
            server.process.stop()?;
        }
    }
    row.extend(
        [
            of_empty,
            of_full,
            of_full / of_empty,
            idle,
            at_a_tenth,
            at_the_end,
            peak,
        ]
        .map(figure),
    );
    row.extend(starts.map(|starts| figure(median(starts))));
    Ok(row)
}

fn held(server: &Server) -> f64 {
    resident_memory(server.process.id()).unwrap_or(f64::NAN)
}
