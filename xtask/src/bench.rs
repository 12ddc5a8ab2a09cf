//! `cargo xtask bench`: builds what is measured and what measures, and starts what they need.

use std::ffi::OsString;
use std::process::Command;
use std::time::Duration;

use clap::Subcommand;
use xshell::{Shell, cmd};

use crate::postfix::Postfix;
use crate::postgres::{Cluster, Durability};
use crate::{judges, process};

/// All parts at their full length.
const LIMIT: Duration = Duration::from_hours(4);

#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Webhooks that are received: pace, latency and memory beside a no-op handler, pgbench, and a receiver written by
    /// hand. What to measure, and for how long, is said after `--`; `-- --help` lists it.
    Intake {
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Events that reach those who follow: how soon, and what each of them costs. `-- --help` lists what can be said.
    Live {
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Questions that mean no good: how long each takes to answer, in what memory, and whether others notice.
    Hostile {
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Mail that is sent: the outbox drained into Postfix's smtp-sink, beside its smtp-source. `-- --help` lists what can
    /// be said.
    Mail {
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
    /// Questions that are answered: pace, latency and memory beside the same SQL by pgbench, and `PostGraphile` over the
    /// same tables. What to measure, and for how long, is said after `--`; `-- --help` lists it.
    Query {
        #[arg(last = true)]
        arguments: Vec<OsString>,
    },
}

pub(crate) fn run(sh: &Shell, bench: &Bench) -> anyhow::Result<()> {
    cmd!(
        sh,
        "cargo build --locked --release --package laurel --package laurel-bench"
    )
    .run()?;
    let programs = crate::target(sh)?.join("release");
    let cluster = Cluster::start(sh, Durability::AsInProduction)?;
    let mut command = Command::new(programs.join("laurel-bench"));
    let arguments = match bench {
        Bench::Intake { arguments } => {
            command
                .arg("intake")
                .args(["--pgbench".into(), cluster.program("pgbench")])
                .args(["--fastify".into(), judges::receiver(sh)?]);
            arguments
        }
        Bench::Live { arguments } => {
            command.arg("live");
            arguments
        }
        Bench::Query { arguments } => {
            command
                .arg("query")
                .args(["--pgbench".into(), cluster.program("pgbench")])
                .args(["--postgraphile".into(), judges::postgraphile(sh)?]);
            arguments
        }
        Bench::Hostile { arguments } => {
            command.arg("hostile");
            arguments
        }
        Bench::Mail { arguments } => {
            let postfix = Postfix::find(sh)?;
            command
                .arg("mail")
                .args(["--sink".into(), postfix.program("smtp-sink")])
                .args(["--source".into(), postfix.program("smtp-source")])
                .args(["--libraries".into(), postfix.libraries()]);
            arguments
        }
    };
    command.args(["--laurel".into(), programs.join("laurel")]);
    command.args(["--postgres", &cluster.url()]);
    command.args(["--postgres-id", &cluster.id()?.to_string()]);
    command.args(arguments);
    process::run(command, LIMIT)
}
