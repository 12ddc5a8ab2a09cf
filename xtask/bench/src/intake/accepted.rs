//! Accepted, and answered after the commit: Laurel and its yardsticks, in turns.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Options;
use super::sample::{Sample, Shape, take};
use crate::contenders::{self, Database, Laurel, PgbenchLoad, Places, Server};
use crate::load::Bodies;
use crate::processes::processor_time;
use crate::table::{self, figure};
use crate::transactions;

/// An open loop posts at this share of what the receiver by hand takes in a closed one.
const LEISURE: f64 = 0.7;

/// Whom a figure is of.
enum Contender {
    Server(Box<Server>),
    Pgbench { url: String },
}

impl Contender {
    fn name(&self) -> &'static str {
        match self {
            Self::Server(server) => server.name,
            Self::Pgbench { .. } => "pgbench, a row each",
        }
    }
}

pub(super) fn run(options: &Options, folder: &Path) -> anyhow::Result<()> {
    let mut contenders = line_up(options, folder)?;
    let bodies = Bodies::default();
    println!(
        "## Accepted, answered after the commit\n\nMedians of {} interleaved runs of {} s each.\n",
        options.rounds, options.seconds
    );
    for &size in &options.body {
        for &connections in &options.connections {
            let closed = Shape {
                connections,
                size,
                rate: None,
                time: options.time(),
            };
            println!("### {size} bytes, {connections} connections, closed loop\n");
            let medians = rounds(options, folder, &mut contenders, closed, &bodies)?;
            print(&contenders, &medians);
            let by_hand = contenders
                .iter()
                .position(|one| one.name().starts_with("Fastify"));
            if let Some(by_hand) = by_hand {
                let rate = (medians[by_hand].rate * LEISURE).round();
                let open = Shape {
                    rate: Some(rate),
                    ..closed
                };
                println!("### {size} bytes, {connections} connections, open loop at {rate}/s\n");
                let mut servers: Vec<_> = contenders
                    .extract_if(.., |one| matches!(one, Contender::Server(_)))
                    .collect();
                let medians = rounds(options, folder, &mut servers, open, &bodies)?;
                print(&servers, &medians);
                contenders.splice(0..0, servers);
            }
        }
    }
    Ok(())
}

/// Everybody, started and at rest.
fn line_up(options: &Options, folder: &Path) -> anyhow::Result<Vec<Contender>> {
    let server = |server| Contender::Server(Box::new(server));
    let mut contenders = vec![server(contenders::noop(folder)?)];
    for database in &options.database {
        let name = format!("accepted-{database:?}");
        let laurel = Laurel::new(&options.places, *database, &folder.join(name), "")?;
        contenders.push(server(laurel.start("ingest")?));
    }
    if options.database.contains(&Database::Postgres) {
        contenders.push(server(options.places.fastify(folder)?));
        contenders.push(row_each(&options.places)?);
    }
    Ok(contenders)
}

/// The yardsticks that other figures are held against.
pub(super) struct Yardsticks {
    noop: Server,
    pgbench: Option<Contender>,
    places: Places,
    folder: PathBuf,
    bodies: Bodies,
}

/// What the yardsticks do in a second.
pub(super) struct Limits {
    pub(super) noop: f64,
    pub(super) pgbench: f64,
}

impl Yardsticks {
    pub(super) fn start(options: &Options, folder: &Path) -> anyhow::Result<Self> {
        let on_postgres = options.database.contains(&Database::Postgres);
        Ok(Self {
            noop: contenders::noop(folder)?,
            pgbench: on_postgres.then(|| row_each(&options.places)).transpose()?,
            places: options.places.clone(),
            folder: folder.to_owned(),
            bodies: Bodies::default(),
        })
    }

    pub(super) fn measure(
        &mut self,
        connections: usize,
        size: usize,
        time: Duration,
    ) -> anyhow::Result<Limits> {
        let shape = Shape {
            connections,
            size,
            rate: None,
            time,
        };
        let noop = take(&mut self.noop, shape, &self.bodies)?.rate;
        let pgbench = match &self.pgbench {
            Some(Contender::Pgbench { url }) => {
                pgbench(&self.places, &self.folder, url, shape)?.rate
            }
            _ => f64::NAN,
        };
        Ok(Limits { noop, pgbench })
    }
}

/// A database with the table that `pgbench` inserts into.
fn row_each(places: &Places) -> anyhow::Result<Contender> {
    let url = places.create("pgbench")?;
    let table = "CREATE TABLE events (id uuid PRIMARY KEY, source text NOT NULL, body bytea NOT NULL, \
                 digest bytea NOT NULL, received_at timestamptz NOT NULL)";
    places.psql(&url, table)?;
    Ok(Contender::Pgbench { url })
}

fn rounds(
    options: &Options,
    folder: &Path,
    contenders: &mut [Contender],
    shape: Shape,
    bodies: &Bodies,
) -> anyhow::Result<Vec<Sample>> {
    let mut samples = vec![Vec::new(); contenders.len()];
    for _ in 0..options.rounds {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            samples.push(match contender {
                Contender::Server(server) => take(server, shape, bodies)?,
                Contender::Pgbench { url } => pgbench(&options.places, folder, url, shape)?,
            });
        }
    }
    Ok(samples
        .iter()
        .map(|samples| Sample::median(samples))
        .collect())
}

fn print(contenders: &[Contender], medians: &[Sample]) {
    let first = medians.first().map_or(f64::NAN, |sample| sample.rate);
    let head = [
        "",
        "events/s",
        "of no-op",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "CPU µs",
        "database µs",
        "peak MiB",
        "refused",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (contender, sample) in contenders.iter().zip(medians) {
        let mut row = vec![
            contender.name().to_owned(),
            figure(sample.rate),
            figure(sample.rate / first),
        ];
        row.extend(sample.within.map(figure));
        row.extend(sample.cost.map(figure));
        row.extend([figure(sample.peak), figure(sample.refused)]);
        rows.push(row);
    }
    table::print(&rows);
}

/// `pgbench` with one row a transaction, of the same size.
fn pgbench(places: &Places, folder: &Path, url: &str, shape: Shape) -> anyhow::Result<Sample> {
    let place = tempfile::tempdir_in(folder)?;
    let script = place.path().join("insert.sql");
    let body = "x".repeat(shape.size);
    std::fs::write(
        &script,
        format!(
            "INSERT INTO events (id, source, body, digest, received_at) VALUES (gen_random_uuid(), 'masivo', \
             '{body}', sha256(gen_random_uuid()::text::bytea), now());"
        ),
    )?;
    let load = PgbenchLoad {
        connections: shape.connections,
        time: shape.time,
    };
    let mut command = places.pgbench(url, &script, load);
    let database = |id: Option<u32>| id.map_or(Duration::ZERO, processor_time);
    let before = database(places.postgres_id);
    let rate = transactions::run_in(&mut command, place.path())?;
    let used = database(places.postgres_id).saturating_sub(before);
    transactions(place.path(), rate, used)
}

/// What `pgbench` has logged, as a sample.
fn transactions(place: &Path, rate: f64, used: Duration) -> anyhow::Result<Sample> {
    let times = transactions::times(place)?;
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let count = times.len() as f64;
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    let within = [0.5, 0.99, 0.999].map(|share| times.value_at_quantile(share) as f64 / 1_000.0);
    Ok(Sample {
        rate,
        within,
        cost: [f64::NAN, used.as_secs_f64() * 1e6 / count],
        peak: f64::NAN,
        refused: 0.0,
    })
}
