//! How many mails go out in a second, beside smtp-source over as many kept connections.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::ensure;

use super::outbox::Outbox;
use super::{FILLING, Options, configure, fill, rate, runtime, sink, through, wait};
use crate::contenders::{Database, Laurel};
use crate::table::{self, figure, median};

pub(super) fn run(options: &Options, folder: &Path, key: &Path, size: usize) -> anyhow::Result<()> {
    println!(
        "### Drained\n\n{} mails each time; medians of {} runs.\n",
        options.messages, options.rounds
    );
    let mut rows = vec![vec![
        String::new(),
        "mails/s".into(),
        "smtp-source".into(),
        "ratio".into(),
    ]];
    for &connections in &options.connections {
        for &database in &options.database {
            let mut found = Vec::new();
            for round in 0..options.rounds {
                let place = folder.join(format!("mail-{database:?}-{connections}-{round}"));
                let limit = yardstick(options, folder, connections, size)?;
                let drained = drain(options, database, connections, &place, key)?;
                found.push([drained, limit, drained / limit]);
            }
            let mut row = vec![format!("{database:?}, {connections} connections")];
            row.extend((0..3).map(|place| figure(median(found.iter().map(|found| found[place])))));
            rows.push(row);
        }
    }
    table::print(&rows);
    Ok(())
}

/// What smtp-source sends in a second over kept connections.
fn yardstick(
    options: &Options,
    folder: &Path,
    connections: usize,
    size: usize,
) -> anyhow::Result<f64> {
    let (_sink, address) = sink(options, folder)?;
    let mut command = Command::new(&options.source);
    command
        .env("LD_LIBRARY_PATH", &options.libraries)
        .args(["-d", "-f", "club@example.com", "-t", "ana@example.com"])
        .args(["-s", &connections.to_string()])
        .args(["-m", &options.messages.to_string()])
        .args(["-l", &size.to_string()])
        .arg(address.to_string());
    let began = Instant::now();
    let status = command.status()?;
    ensure!(status.success(), "smtp-source: {status}");
    Ok(rate(options.messages, began.elapsed()))
}

fn drain(
    options: &Options,
    database: Database,
    connections: usize,
    place: &Path,
    key: &Path,
) -> anyhow::Result<f64> {
    let laurel = Laurel::new(&options.places, database, place, FILLING)?;
    let runtime = runtime()?;
    let outbox = Outbox::open(&runtime, &laurel.url)?;
    let mut server = laurel.start("all")?;
    fill(&runtime, &server, options.messages)?;
    let wanted = i64::try_from(options.messages)?;
    wait(&mut server.process, || Ok(outbox.pending()? == wanted))?;
    server.process.stop()?;

    let (_sink, address) = sink(options, place)?;
    configure(place, &through(key, address, connections))?;
    let mut server = laurel.start("worker")?;
    // From the first twentieth on, up to the last: the ends are starting and stopping.
    let twentieth = wanted / 20;
    wait(&mut server.process, || {
        Ok(outbox.pending()? <= wanted - twentieth)
    })?;
    let (began, from) = (Instant::now(), outbox.pending()?);
    wait(&mut server.process, || Ok(outbox.pending()? <= twentieth))?;
    let (took, left) = (began.elapsed(), outbox.pending()?);
    wait(&mut server.process, || Ok(outbox.pending()? == 0))?;
    server.process.stop()?;
    outbox.ensure_all_sent(wanted)?;
    Ok(rate(u64::try_from(from - left)?, took))
}
