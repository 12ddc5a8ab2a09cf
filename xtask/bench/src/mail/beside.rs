//! What draining the outbox costs the intake of the same server, and whether its memory stays flat meanwhile.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;

use super::outbox::Outbox;
use super::{FILLING, Options, configure, fill, runtime, sink, through, wait};
use crate::contenders::{Database, Laurel, Server};
use crate::load::{self, Bodies, Load};
use crate::processes::{peak_memory, resident_memory};
use crate::table::{self, figure};

/// As in `bench intake`.
const CONNECTIONS: usize = 64;
const SIZE: usize = 1536;

pub(super) fn run(options: &Options, folder: &Path, key: &Path) -> anyhow::Result<()> {
    println!(
        "### Intake while {} mails are drained\n\nAccepted/s before, during and after, {} s each; \
         memory in MiB at a tenth and at nine tenths of the mails, and at its peak.\n",
        options.backlog, options.seconds
    );
    let head = [
        "", "before", "during", "after", "share", "mails/s", "at 10 %", "at 90 %", "peak",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for &database in &options.database {
        let place = folder.join(format!("beside-{database:?}"));
        let mut row = vec![format!("{database:?}")];
        row.extend(measure(options, database, &place, key)?.map(figure));
        rows.push(row);
    }
    table::print(&rows);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "mails are far below 2^53")]
fn measure(
    options: &Options,
    database: Database,
    place: &Path,
    key: &Path,
) -> anyhow::Result<[f64; 8]> {
    let laurel = Laurel::new(&options.places, database, place, FILLING)?;
    let (runtime, bodies) = (runtime()?, Bodies::default());
    let outbox = Outbox::open(&runtime, &laurel.url)?;
    let mut server = laurel.start("all")?;
    fill(&runtime, &server, options.backlog)?;
    let all = i64::try_from(options.backlog)?;
    wait(&mut server.process, || Ok(outbox.pending()? == all))?;
    let before = accepted(options, &server, &bodies)?;
    server.process.stop()?;

    let (_sink, address) = sink(options, place)?;
    let connections = options.connections.first().copied().unwrap_or(1);
    configure(place, &through(key, address, connections))?;
    let mut server = laurel.start("all")?;
    let tenth = all / 10;
    wait(&mut server.process, || Ok(outbox.pending()? <= all - tenth))?;
    let at_a_tenth = held(&server);
    let from = outbox.pending()?;
    let during = accepted(options, &server, &bodies)?;
    let left = outbox.pending()?;
    ensure!(
        left > 0,
        "drained before the intake was measured: more --backlog, or fewer --seconds"
    );
    wait(&mut server.process, || Ok(outbox.pending()? <= tenth))?;
    let at_nine_tenths = held(&server);
    wait(&mut server.process, || Ok(outbox.pending()? == 0))?;
    outbox.ensure_all_sent(all)?;
    let after = accepted(options, &server, &bodies)?;
    let peak = peak_memory(server.process.id()).unwrap_or(f64::NAN);
    server.process.stop()?;
    let quiet = f64::midpoint(before, after);
    let drained = (from - left) as f64 / options.seconds as f64;
    Ok([
        before,
        during,
        after,
        during / quiet,
        drained,
        at_a_tenth,
        at_nine_tenths,
        peak,
    ])
}

/// What the intake accepts in a second, in a closed loop.
fn accepted(options: &Options, server: &Server, bodies: &Bodies) -> anyhow::Result<f64> {
    let load = Load {
        server: server.address,
        door: server.door.clone(),
        connections: CONNECTIONS,
        size: SIZE,
        rate: None,
        time: Duration::from_secs(options.seconds),
        most: None,
    };
    Ok(load::run(&load, bodies)?.rate())
}

fn held(server: &Server) -> f64 {
    resident_memory(server.process.id()).unwrap_or(f64::NAN)
}
