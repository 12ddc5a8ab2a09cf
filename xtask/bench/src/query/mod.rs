//! `cargo xtask bench query`: how fast customers' histories are told, beside the same SQL by `pgbench` and `PostGraphile`
//! over the same tables.

mod asker;
mod data;
mod pgbench;
mod postgraphile;
mod questions;
mod report;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use self::asker::Asker;
use self::data::{Data, People};
use self::questions::{Depth, Questions};
use self::report::Taken;
use crate::contenders::{Database, Laurel, PgbenchLoad, Places, Server};

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    places: Places,
    /// The folder of `PostGraphile`, with its packages.
    #[arg(long)]
    postgraphile: Option<PathBuf>,
    /// The databases that Laurel is measured on.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// How many customers there are.
    #[arg(long, default_value_t = 100_000)]
    customers: usize,
    /// How many events they have together.
    #[arg(long, default_value_t = 2_000_000)]
    events: u64,
    /// How many entries a page is deep, for the pages that are.
    #[arg(long, default_value_t = 10_000)]
    deep: u64,
    /// Connections that ask at a time.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// How often each figure is taken, in turns with the others; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each figure is taken for, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
}

/// Who is measured.
enum Contender<'a> {
    /// A server, and what it is asked.
    Server(Box<Server>, Asker),
    Pgbench {
        places: &'a Places,
        url: &'a str,
        script: PathBuf,
    },
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("laurel-bench-").tempdir()?;
    let data = Data::new(options.customers, options.events, options.deep);
    println!(
        "## A customer, 20 entries with their details, tier changes, wallet\n\n{} customers, {} events, {} connections; \
         medians of {} interleaved runs of {} s each.\n",
        options.customers, options.events, options.connections, options.rounds, options.seconds
    );
    let (mut filled, mut people) = (Vec::new(), None);
    for &database in &options.database {
        let place = folder.path().join(format!("query-{database:?}"));
        // One key asks for everybody.
        let more = format!("[graphql]\nmax_at_once = {}\n", options.connections);
        let laurel = Laurel::new(&options.places, database, &place, &more)?;
        people = Some(data.fill(&laurel)?);
        if database == Database::Postgres {
            options.places.psql(&laurel.url, "VACUUM ANALYZE")?;
        }
        filled.push(laurel);
    }
    let people = people.context("no --database")?;
    for depth in [Depth::First, Depth::Top, Depth::Deep] {
        let mut contenders = line_up(options, &filled, &people, depth, folder.path())?;
        let taken = measure(options, &mut contenders)?;
        let names: Vec<&str> = contenders.iter().map(Contender::name).collect();
        report::print(depth, &names, &taken);
    }
    Ok(())
}

/// Everybody, started, with what they are asked.
fn line_up<'a>(
    options: &'a Options,
    filled: &'a [Laurel],
    people: &People,
    depth: Depth,
    folder: &'a Path,
) -> anyhow::Result<Vec<Contender<'a>>> {
    let mut contenders = Vec::new();
    for laurel in filled {
        let (server, key) = (laurel.start("api")?, laurel.key()?);
        let asker = Asker::of_laurel(&server, &key, people, depth, options.deep)?;
        contenders.push(Contender::Server(Box::new(server), asker));
    }
    let on_postgres = |laurel: &&Laurel| laurel.database() == Database::Postgres;
    let Some(postgres) = filled.iter().find(on_postgres) else {
        return Ok(contenders);
    };
    if let Some(place) = &options.postgraphile {
        let server = postgraphile::start(&options.places, place, postgres, folder)?;
        let asker = Asker::of_postgraphile(&server, people, depth, options.deep)?;
        contenders.push(Contender::Server(Box::new(server), asker));
    }
    let questions = Questions::read(postgres, people, options.deep)?;
    let script = pgbench::script(&options.places, postgres, &questions, depth, folder)?;
    contenders.push(Contender::Pgbench {
        places: &options.places,
        url: &postgres.url,
        script,
    });
    Ok(contenders)
}

/// Takes each figure in turns.
fn measure(options: &Options, contenders: &mut [Contender<'_>]) -> anyhow::Result<Vec<Vec<Taken>>> {
    let time = Duration::from_secs(options.seconds);
    let mut taken = vec![Vec::new(); contenders.len()];
    for _ in 0..options.rounds {
        for (contender, taken) in contenders.iter_mut().zip(&mut taken) {
            taken.push(match contender {
                Contender::Server(server, asker) => asker.ask(server, options.connections, time)?,
                Contender::Pgbench {
                    places,
                    url,
                    script,
                } => {
                    let load = PgbenchLoad {
                        connections: options.connections,
                        time,
                    };
                    pgbench::take(places, url, script, load)?
                }
            });
        }
    }
    Ok(taken)
}

impl Contender<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Server(server, _) => server.name,
            Self::Pgbench { .. } => pgbench::NAME,
        }
    }
}
