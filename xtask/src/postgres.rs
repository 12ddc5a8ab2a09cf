//! A private PostgreSQL for one run of the tests: a cluster in a temporary folder, on a free port of
//! the loopback interface, gone afterwards. It never touches a server that is already there.

mod programs;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;
use xshell::Shell;

use self::programs::Programs;
use crate::process;

/// The cluster's superuser.
const ROLE: &str = "laurel";
const LIMIT: Duration = Duration::from_mins(2);
/// Another process may take the free port before the server does.
const TRIES: usize = 3;

/// What a cluster does with what it has committed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Durability {
    /// It reaches the disk before a commit is answered: for measuring.
    AsInProduction,
    /// That is the kernel's affair, which costs tests most of their time.
    UntilTheMachineStops,
}

/// A running cluster; stopped and removed when dropped.
pub(crate) struct Cluster {
    programs: Programs,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    pub(crate) fn start(sh: &Shell, durability: Durability) -> anyhow::Result<Self> {
        let started = Instant::now();
        let programs = Programs::find(sh)?;
        let folder = tempfile::Builder::new()
            .prefix("laurel-postgres-")
            .tempdir()?;
        programs.give(sh, folder.path())?;
        initdb(&programs, folder.path())?;
        configure(folder.path(), durability)?;
        let mut cluster = Self {
            programs,
            folder,
            port: 0,
        };
        cluster.listen()?;
        let seconds = started.elapsed().as_secs_f32();
        println!(
            "PostgreSQL is ready on port {} after {seconds:.1} s.",
            cluster.port
        );
        Ok(cluster)
    }

    /// The address of the maintenance database, whose role may create others.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/postgres", self.port)
    }

    /// The server's process.
    pub(crate) fn id(&self) -> anyhow::Result<u32> {
        let file = data(self.folder.path()).join("postmaster.pid");
        let text = fs::read_to_string(&file)?;
        let first = text.lines().next().and_then(|line| line.parse().ok());
        first.with_context(|| format!("{} names no process", file.display()))
    }

    /// Where another of PostgreSQL's programs is.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.path(name)
    }

    /// The command that becomes the account which such a program may run under, word by word; empty for ourselves.
    pub(crate) fn account(&self) -> &'static [&'static str] {
        self.programs.account()
    }

    fn listen(&mut self) -> anyhow::Result<()> {
        for _ in 0..TRIES {
            self.port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
            let mut start = self.pg_ctl(["start", "-w", "-t", "60"]);
            start
                .arg("-l")
                .arg(self.log())
                .args(["-o", &format!("-p {}", self.port)]);
            if process::run(start, LIMIT).is_ok() {
                return Ok(());
            }
        }
        bail!(
            "PostgreSQL does not start:\n{}",
            fs::read_to_string(self.log()).unwrap_or_default()
        )
    }

    fn pg_ctl<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.programs.command("pg_ctl", self.folder.path());
        command
            .arg("-D")
            .arg(data(self.folder.path()))
            .args(arguments)
            .stdout(Stdio::null());
        command
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nothing in it is worth a checkpoint. Not through `process::run`, which refuses to start
        // anything more once a signal has come.
        let stopped = self
            .pg_ctl(["stop", "-m", "immediate", "-w", "-t", "30"])
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            eprintln!(
                "warning: cannot stop the PostgreSQL in {}",
                self.folder.path().display()
            );
        }
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

fn configure(folder: &Path, durability: Durability) -> anyhow::Result<()> {
    let file = data(folder).join("postgresql.conf");
    let mut settings = OpenOptions::new().append(true).open(&file)?;
    // What a commit promises stays as in production in any case.
    write!(
        settings,
        "listen_addresses = '127.0.0.1'\n\
         unix_socket_directories = '{}'\n\
         max_connections = 300\n\
         synchronous_commit = on\n",
        folder.display()
    )?;
    if durability == Durability::UntilTheMachineStops {
        write!(settings, "fsync = off\nfull_page_writes = off\n")?;
        // Tests look at statements as the server has them, and some are long.
        writeln!(settings, "track_activity_query_size = 16384")?;
    }
    Ok(())
}

/// Makes the cluster with a locale whose order is not that of bytes, where the server can do
/// that, so that a query which forgets `COLLATE "C"` is found out.
fn initdb(programs: &Programs, folder: &Path) -> anyhow::Result<()> {
    let linguistic = ["--locale-provider=icu", "--icu-locale=en-US", "--locale=C"];
    if process::run(initdb_with(programs, folder, &linguistic), LIMIT).is_ok() {
        return Ok(());
    }
    println!("This PostgreSQL has no ICU: its texts sort by their bytes.");
    process::run(initdb_with(programs, folder, &["--locale=C"]), LIMIT)
}

fn initdb_with(programs: &Programs, folder: &Path, locale: &[&str]) -> Command {
    let mut command = programs.command("initdb", folder);
    command
        .arg("-D")
        .arg(data(folder))
        .args(locale)
        .stdout(Stdio::null());
    command.args([
        "--username",
        ROLE,
        "--auth=trust",
        "--encoding=UTF8",
        "--no-sync",
    ]);
    command
}
