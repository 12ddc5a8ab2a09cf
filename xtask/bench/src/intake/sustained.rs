//! Received and handled: the highest rate at which no backlog is left to speak of.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;
use laurel_store::{Options as StoreOptions, Store, SystemClock};

use super::Options;
use super::accepted::Yardsticks;
use super::sample::{Shape, post, take};
use crate::contenders::{Database, Laurel, Server};
use crate::load::Bodies;
use crate::table::{self, figure, median};

/// How often the range is halved.
const STEPS: u32 = 6;
/// A backlog may take at most this long to be handled at the rate in question.
const BACKLOG: f64 = 1.0;
/// How long a backlog may take at most to be gone, before the next step.
const PATIENCE: Duration = Duration::from_mins(5);

pub(super) fn run(options: &Options, folder: &Path) -> anyhow::Result<()> {
    println!(
        "## Sustained, with every event handled\n\nThe highest rate in {STEPS} steps of {} s at which less than \
         {BACKLOG} s of work is left, 64 connections, 1,536 bytes; medians of {} searches.\n",
        options.seconds * 2,
        options.rounds
    );
    let mut yardsticks = Yardsticks::start(options, folder)?;
    let mut rows = vec![
        [
            "",
            "events/s",
            "of no-op",
            "of pgbench",
            "CPU µs",
            "peak MiB",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    for database in &options.database {
        let mut found = Vec::new();
        for round in 0..options.rounds {
            let place = folder.join(format!("sustained-{database:?}-{round}"));
            let limits = yardsticks.measure(64, 1536, options.time())?;
            let sustained = search(options, *database, &place)?;
            found.push([
                sustained.rate,
                sustained.rate / limits.noop,
                sustained.rate / limits.pgbench,
                sustained.cost,
                sustained.peak,
            ]);
        }
        let mut row = vec![match database {
            Database::Sqlite => "Laurel on SQLite".to_owned(),
            Database::Postgres => "Laurel on PostgreSQL".to_owned(),
        }];
        row.extend((0..5).map(|place| figure(median(found.iter().map(|found| found[place])))));
        rows.push(row);
    }
    table::print(&rows);
    Ok(())
}

struct Sustained {
    rate: f64,
    cost: f64,
    peak: f64,
}

fn search(options: &Options, database: Database, place: &Path) -> anyhow::Result<Sustained> {
    let laurel = Laurel::new(&options.places, database, place, "")?;
    let mut server = laurel.start("all")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let store = runtime.block_on(Store::connect(
        &StoreOptions::new(&laurel.url),
        Arc::new(SystemClock),
    ))?;
    let backlog = || -> anyhow::Result<i64> {
        let backlog = runtime.block_on(store.backlog())?;
        Ok(backlog.iter().map(|backlog| backlog.pending).sum())
    };
    let bodies = Bodies::default();
    let shape = |rate| Shape {
        connections: 64,
        size: 1536,
        rate,
        time: options.time() * 2,
    };
    let most = post(&server, shape(None), None, &bodies)?.rate();
    settle(&mut server, &backlog)?;
    let (mut low, mut high) = (
        Sustained {
            rate: 0.0,
            cost: f64::NAN,
            peak: f64::NAN,
        },
        most,
    );
    for _ in 0..STEPS {
        let rate = f64::midpoint(low.rate, high);
        let sample = take(&mut server, shape(Some(rate)), &bodies)?;
        #[expect(clippy::cast_precision_loss, reason = "a backlog is far below 2^53")]
        let left = backlog()? as f64;
        if left <= rate * BACKLOG && sample.rate >= rate * 0.97 {
            low = Sustained {
                rate,
                cost: sample.cost[0] + sample.cost[1],
                peak: sample.peak,
            };
        } else {
            high = rate;
        }
        settle(&mut server, &backlog)?;
    }
    runtime.block_on(store.close())?;
    server.process.stop()?;
    Ok(low)
}

/// Waits until everything is handled.
fn settle(server: &mut Server, backlog: &impl Fn() -> anyhow::Result<i64>) -> anyhow::Result<()> {
    let began = Instant::now();
    while backlog()? > 0 {
        server.process.check()?;
        if began.elapsed() > PATIENCE {
            bail!("the backlog is not handled");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
