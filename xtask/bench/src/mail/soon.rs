//! How soon after the webhook of an upgrade its mail is with the relay, on a system that does nothing else.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use hdrhistogram::Histogram;

use super::outbox::Outbox;
use super::{Options, configure, entry, post_all, rise, runtime, sink, through, wait};
use crate::contenders::{Database, Laurel};
use crate::load::Connection;
use crate::table::{self, figure};

/// Between two upgrades: nothing of one is under way when the next one comes.
const PAUSE: Duration = Duration::from_millis(50);

pub(super) fn run(options: &Options, folder: &Path, key: &Path) -> anyhow::Result<()> {
    println!(
        "### From an upgrade's webhook to the relay's 250\n\n{} upgrades, one after the other; milliseconds.\n",
        options.upgrades
    );
    let mut rows = vec![vec![
        String::new(),
        "p50".into(),
        "p99".into(),
        "longest".into(),
    ]];
    for &database in &options.database {
        let place = folder.join(format!("soon-{database:?}"));
        let times = follow(options, database, &place, key)?;
        #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
        let milliseconds = |micros: u64| figure(micros as f64 / 1_000.0);
        let within = [0.5, 0.99].map(|share| times.value_at_quantile(share));
        let mut row = vec![format!("{database:?}")];
        row.extend(within.map(milliseconds));
        row.push(milliseconds(times.max()));
        rows.push(row);
    }
    table::print(&rows);
    Ok(())
}

fn follow(
    options: &Options,
    database: Database,
    place: &Path,
    key: &Path,
) -> anyhow::Result<Histogram<u64>> {
    let laurel = Laurel::new(&options.places, database, place, "")?;
    let (_sink, address) = sink(options, place)?;
    let connections = options.connections.first().copied().unwrap_or(1);
    configure(place, &through(key, address, connections))?;
    let runtime = runtime()?;
    let mut server = laurel.start("all")?;
    post_all(&runtime, &server, options.upgrades, |number| {
        vec![entry(number)]
    })?;
    // What is posted is projected by the time that the first upgrade is mailed.
    runtime.block_on(async {
        let mut connection = Connection::open(server.address, &server.door).await?;
        for number in 0..options.upgrades {
            tokio::time::sleep(PAUSE).await;
            let status = connection.post(rise(number).as_bytes()).await?;
            ensure!(status == 200, "a webhook is answered {status}");
        }
        Ok(())
    })?;
    let outbox = Outbox::open(&runtime, &laurel.url)?;
    let wanted = i64::try_from(options.upgrades)?;
    wait(&mut server.process, || Ok(outbox.sent()? == wanted))?;
    server.process.stop()?;
    let mut times = Histogram::<u64>::new(3)?;
    times.auto(true);
    for time in outbox.times()? {
        times.record(u64::try_from(time)?)?;
    }
    Ok(times)
}
