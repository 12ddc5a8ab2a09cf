//! `cargo xtask test`: the whole suite, with everything it needs: a PostgreSQL of its own and the
//! judges that are not written in Rust. Nothing is left out unless the command line says so.

use std::process::Command;
use std::time::Duration;

use clap::{Args, ValueEnum};
use xshell::Shell;

use crate::postgres::{Cluster, Durability};
use crate::{judges, process};

/// Building from nothing included; far above what a healthy run takes.
const LIMIT: Duration = Duration::from_hours(1);

/// Where the tests find the server's database.
const POSTGRES_URL: &str = "LAUREL_TEST_POSTGRES_URL";
/// The Python interpreter that has the judges' packages.
const PYTHON: &str = "LAUREL_TEST_PYTHON";
/// The folder of the judges' packages that run on Node.js.
const NODE_MODULES: &str = "LAUREL_TEST_NODE_MODULES";

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
enum Database {
    Sqlite,
    Postgres,
    All,
}

pub(crate) fn run(sh: &Shell, options: &Options) -> anyhow::Result<()> {
    let python = judges::python(sh)?;
    let node_modules = judges::node_modules(sh)?;
    // Stopped and removed when it goes out of scope, whatever happens to the tests.
    let cluster = match options.database {
        Database::Sqlite => None,
        Database::Postgres | Database::All => {
            Some(Cluster::start(sh, Durability::UntilTheMachineStops)?)
        }
    };
    let mut command = Command::new("cargo");
    command
        .current_dir(sh.current_dir())
        .args(cargo_test(options))
        .env(PYTHON, python)
        .env(NODE_MODULES, node_modules);
    match &cluster {
        Some(cluster) => command.env(POSTGRES_URL, cluster.url()),
        None => command.env_remove(POSTGRES_URL),
    };
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
    let left_out = match options.database {
        Database::Sqlite => Some("postgres"),
        Database::Postgres => Some("sqlite"),
        Database::All => None,
    };
    if let Some(database) = left_out {
        println!("Leaving out the tests on {database}, as asked.");
        harness.extend(["--skip".to_owned(), format!("{database}::")]);
    }
    if !harness.is_empty() {
        arguments.push("--".to_owned());
        arguments.extend(harness);
    }
    arguments
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
