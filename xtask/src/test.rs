//! `cargo xtask test`: the whole suite, with everything it needs: a PostgreSQL of its own and the
//! judges that are not written in Rust. Nothing is left out unless the command line says so.

use std::process::Command;
use std::time::Duration;

use clap::{Args, ValueEnum};
use xshell::Shell;

use crate::postfix::Postfix;
use crate::postgres::{Cluster, Durability};
use crate::{judges, process};

/// Building from nothing included; far above what a healthy run takes.
const LIMIT: Duration = Duration::from_hours(1);

/// Where the tests find the server's database.
const POSTGRES_URL: &str = "LAUREL_TEST_POSTGRES_URL";
/// What makes a test that stops its server a cluster of its own, and the command that becomes the account it runs under.
const PG_CTL: &str = "LAUREL_TEST_PG_CTL";
const POSTGRES_ACCOUNT: &str = "LAUREL_TEST_POSTGRES_ACCOUNT";
/// The Python interpreter that has the judges' packages.
const PYTHON: &str = "LAUREL_TEST_PYTHON";
/// The browser that the pages are looked at in.
const CHROMIUM: &str = "LAUREL_TEST_CHROMIUM";
/// The folder of the judges' packages that run on Node.js.
const NODE_MODULES: &str = "LAUREL_TEST_NODE_MODULES";
/// Where Postfix is unpacked.
const POSTFIX: &str = "LAUREL_TEST_POSTFIX";

#[derive(Args)]
pub(crate) struct Options {
    /// The databases to test on.
    #[arg(long, value_enum, default_value_t = Database::All)]
    database: Database,
    /// Arguments for `cargo test`, such as `-p laurel-store` or `-- some_test`.
    #[arg(last = true)]
    cargo_args: Vec<String>,
}

impl Options {
    /// What `cargo xtask test` does without options.
    pub(crate) fn everything() -> Self {
        Self {
            database: Database::All,
            cargo_args: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
    All,
}

pub(crate) fn run(sh: &Shell, options: &Options) -> anyhow::Result<()> {
    let mut command = Command::new("cargo");
    command
        .env(POSTFIX, Postfix::find(sh)?.root())
        .args(cargo_test(options))
        .env(PYTHON, judges::python(sh)?)
        .env(NODE_MODULES, judges::node_modules(sh)?)
        .env(CHROMIUM, judges::chromium(sh)?);
    on(options.database, sh, command)
}

/// Runs tests with the PostgreSQL that they need, which is stopped and removed whatever becomes of them.
pub(crate) fn on(database: Database, sh: &Shell, mut command: Command) -> anyhow::Result<()> {
    command.current_dir(sh.current_dir());
    for told in [POSTGRES_URL, PG_CTL, POSTGRES_ACCOUNT] {
        command.env_remove(told);
    }
    let cluster = match database {
        Database::Sqlite => None,
        Database::Postgres | Database::All => {
            Some(Cluster::start(sh, Durability::UntilTheMachineStops)?)
        }
    };
    if let Some(cluster) = &cluster {
        command
            .env(POSTGRES_URL, cluster.url())
            .env(PG_CTL, cluster.program("pg_ctl"))
            .env(POSTGRES_ACCOUNT, cluster.account().join(" "));
    }
    process::run(command, LIMIT)
}

/// The arguments for cargo. A test on one database carries its name as a module of its path
/// (`sqlite::…`, `postgres::…`), so the other database's tests are left out by name.
fn cargo_test(options: &Options) -> Vec<String> {
    let mut given = options.cargo_args.iter();
    let cargo: Vec<_> = given
        .by_ref()
        .take_while(|argument| *argument != "--")
        .cloned()
        .collect();
    let mut harness: Vec<_> = given.cloned().collect();
    let mut arguments = vec!["test".to_owned(), "--locked".to_owned()];
    if !cargo
        .iter()
        .any(|argument| argument.starts_with("-p") || argument.starts_with("--package"))
    {
        arguments.push("--workspace".to_owned());
    }
    arguments.extend(cargo);
    harness.extend(left_out(options.database).map(str::to_owned));
    if !harness.is_empty() {
        arguments.push("--".to_owned());
        arguments.extend(harness);
    }
    arguments
}

/// What leaves out the other database's tests, which carry its name as a module of their paths.
pub(crate) fn left_out(database: Database) -> impl Iterator<Item = &'static str> {
    let other = match database {
        Database::Sqlite => Some("postgres::"),
        Database::Postgres => Some("sqlite::"),
        Database::All => None,
    };
    if let Some(other) = other {
        println!("Leaving out the tests of {other}, as asked.");
    }
    other.into_iter().flat_map(|other| ["--skip", other])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(database: Database, given: &[&str]) -> String {
        let cargo_args = given.iter().map(ToString::to_string).collect();
        cargo_test(&Options {
            database,
            cargo_args,
        })
        .join(" ")
    }

    #[test]
    fn everything_is_tested_unless_told_otherwise() {
        assert_eq!(arguments(Database::All, &[]), "test --locked --workspace");
    }

    #[test]
    fn one_crate_can_be_chosen() {
        assert_eq!(
            arguments(Database::All, &["-p", "laurel-store"]),
            "test --locked -p laurel-store"
        );
    }

    #[test]
    fn one_database_leaves_out_the_other_by_name() {
        assert_eq!(
            arguments(Database::Sqlite, &["--", "a_test"]),
            "test --locked --workspace -- a_test --skip postgres::"
        );
        assert!(arguments(Database::Postgres, &[]).ends_with("-- --skip sqlite::"));
    }
}
