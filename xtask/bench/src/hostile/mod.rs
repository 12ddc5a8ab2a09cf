//! `cargo xtask bench hostile`: the questions of section D of `docs/bad-inputs.md`, each asked again and again of a server
//! that others ask, too. How long until it is answered, what memory that takes, and whether the others notice.

mod ask;
mod inputs;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use clap::Args;

use self::ask::{Answered, ask};
use self::inputs::{Input, inputs};
use crate::contenders::{Database, Laurel, Places};
use crate::processes::{peak_memory, resident_memory};
use crate::table;

/// What each answer may take.
const TIME: Duration = Duration::from_millis(250);
/// What all of it may take in memory, in MiB.
const MEMORY: f64 = 64.0;
/// What others ask meanwhile.
const OTHERS: &str = r#"{"query":"{ customers(first: 5) { nodes { id } totalCount } }"}"#;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    places: Places,
    /// The databases that Laurel is measured on.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// How often each question is asked.
    #[arg(long, default_value_t = 50)]
    times: usize,
    /// Only says what it sees; without it, an answer that takes more than it may is a failure.
    #[arg(long)]
    lenient: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("laurel-bench-").tempdir()?;
    for &database in &options.database {
        let folder = folder.path().join(format!("hostile-{database:?}"));
        let laurel = Laurel::new(&options.places, database, &folder, "")?;
        measure(options, &laurel)?;
    }
    Ok(())
}

fn measure(options: &Options, laurel: &Laurel) -> anyhow::Result<()> {
    let [theirs, ours] = [laurel.key()?, laurel.key()?];
    let mut server = laurel.start("all")?;
    let (address, process) = (server.address, server.process.id());
    // What the first questions need is not what the hostile ones take.
    for _ in 0..options.times {
        ask(address, &Input::new("", OTHERS).request(&ours))?;
    }
    let before = resident_memory(process).unwrap_or_default();
    let head = [
        "question",
        "row",
        "status",
        "median",
        "worst",
        "worst of others",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut slowest = Duration::ZERO;
    for input in inputs() {
        let request = input.request(&theirs);
        let (answers, others) = beside(
            || {
                let asked = (0..options.times).map(|_| ask(address, &request));
                asked.collect::<anyhow::Result<Vec<Answered>>>()
            },
            || ask(address, &Input::new("", OTHERS).request(&ours)),
        )?;
        server.process.check()?;
        let mut times: Vec<Duration> = answers.iter().map(|answer| answer.time).collect();
        times.sort_unstable();
        let worst = times.last().copied().unwrap_or_default();
        slowest = slowest.max(worst).max(others);
        let status = answers.first().map_or(0, |answer| answer.status);
        rows.push(vec![
            input.name.to_owned(),
            input.row.to_owned(),
            status.to_string(),
            format!("{:.2?}", times[times.len() / 2]),
            format!("{worst:.2?}"),
            format!("{others:.2?}"),
        ]);
    }
    let taken = peak_memory(process).unwrap_or_default() - before;
    println!("{}:\n", server.name);
    table::print(&rows);
    println!("Taken by all of it: {taken:.1} MiB above {before:.1} MiB.\n");
    server.process.stop()?;
    ensure!(
        options.lenient || slowest <= TIME,
        "an answer took {slowest:.2?}, more than {TIME:?}"
    );
    ensure!(
        options.lenient || taken <= MEMORY,
        "it took {taken:.1} MiB, more than {MEMORY}"
    );
    Ok(())
}

/// Does something hostile while another asks without a pause: what came of it, and the longest that the other waited.
fn beside<T: Send>(
    hostile: impl FnOnce() -> anyhow::Result<T> + Send,
    other: impl Fn() -> anyhow::Result<Answered>,
) -> anyhow::Result<(T, Duration)> {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let hostile = scope.spawn(|| {
            let result = hostile();
            done.store(true, Ordering::SeqCst);
            result
        });
        let mut worst = Duration::ZERO;
        let started = Instant::now();
        while !done.load(Ordering::SeqCst) {
            let answer = other()?;
            ensure!(
                answer.status == 200,
                "others were answered {}",
                answer.status
            );
            worst = worst.max(answer.time);
            ensure!(
                started.elapsed() < Duration::from_mins(5),
                "it does not end"
            );
        }
        let result = hostile.join().map_err(|_| anyhow::anyhow!("a panic"))??;
        Ok((result, worst))
    })
}
