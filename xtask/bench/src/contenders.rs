//! Who is measured: Laurel, and its yardsticks.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args;

use crate::load::Door;
use crate::processes::Running;

const SECRET: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";
/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where everything is that is measured; `cargo xtask bench` says so.
#[derive(Args, Clone)]
pub(crate) struct Places {
    /// The `laurel` program.
    #[arg(long)]
    laurel: PathBuf,
    /// PostgreSQL's maintenance database, whose role may create others.
    #[arg(long)]
    postgres: Option<String>,
    /// The process of that PostgreSQL.
    #[arg(long)]
    pub(crate) postgres_id: Option<u32>,
    /// The `pgbench` program.
    #[arg(long)]
    pgbench: Option<PathBuf>,
    /// The folder of the receiver that is written by hand, with its packages.
    #[arg(long)]
    fastify: Option<PathBuf>,
}

impl Places {
    /// The `laurel` program.
    pub(crate) fn program(&self) -> &Path {
        &self.laurel
    }
}

/// Which database Laurel keeps events in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// A server to post to.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    pub(crate) door: Door,
    pub(crate) process: Running,
    /// The database server's process, where there is one.
    pub(crate) database: Option<u32>,
}

/// A `laurel serve`, and what it needs to be started again.
pub(crate) struct Laurel {
    folder: PathBuf,
    program: PathBuf,
    pub(crate) url: String,
    database: Database,
    places: Places,
}

impl Laurel {
    /// An empty database, and a configuration for it. `more` is appended to the configuration.
    pub(crate) fn new(
        places: &Places,
        database: Database,
        folder: &Path,
        more: &str,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let url = match database {
            Database::Sqlite => format!("sqlite://{}", folder.join("laurel.db").display()),
            Database::Postgres => places.create(&name(folder))?,
        };
        let config = format!(
            "database.url = \"{url}\"\nlog.filter = \"warn\"\n\
             sources.masivo.auth = [{{ kind = \"hmac\", secrets = [\"{SECRET}\"], header = \"x-signature\" }}]\n{more}"
        );
        fs::write(folder.join("laurel.toml"), config)?;
        let laurel = Self {
            folder: folder.to_owned(),
            program: places.laurel.clone(),
            url,
            database,
            places: places.clone(),
        };
        // The first start of a worker makes its subscribers known: from then on each event has its deliveries.
        laurel.start("all")?.process.stop()?;
        Ok(laurel)
    }

    /// Starts it in a role, and waits until it is ready.
    pub(crate) fn start(&self, role: &str) -> anyhow::Result<Server> {
        let (address, admin) = (free_address()?, free_address()?);
        let mut command = Command::new(&self.program);
        command
            .current_dir(&self.folder)
            .arg("--config")
            .arg(self.folder.join("laurel.toml"))
            .args(["serve", "--role", role])
            .env("LAUREL__HTTP__LISTEN", address.to_string())
            .env("LAUREL__ADMIN__LISTEN", admin.to_string());
        let mut process = Running::start("laurel", &mut command, &self.folder.join("log"))?;
        await_ready(&mut process, admin)?;
        Ok(Server {
            name: match self.database {
                Database::Sqlite => "Laurel on SQLite",
                Database::Postgres => "Laurel on PostgreSQL",
            },
            address,
            door: Door {
                path: "/webhooks/masivo",
                secret: SECRET,
            },
            process,
            database: match self.database {
                Database::Sqlite => None,
                Database::Postgres => self.places.postgres_id,
            },
        })
    }
}

impl Laurel {
    /// Which database it keeps events in.
    pub(crate) fn database(&self) -> Database {
        self.database
    }

    /// A new key that may read.
    pub(crate) fn key(&self) -> anyhow::Result<String> {
        let output = Command::new(&self.program)
            .current_dir(&self.folder)
            .arg("--config")
            .arg(self.folder.join("laurel.toml"))
            .args(["keys", "create", "--source", "masivo", "--scope", "read"])
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "no key: {said}");
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

/// The name of the database that belongs to a folder.
fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name.to_lowercase().replace('-', "_")
}

/// The handler that keeps nothing.
pub(crate) fn noop(folder: &Path) -> anyhow::Result<Server> {
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("noop").arg(address.to_string());
    let mut process = Running::start("the no-op handler", &mut command, &folder.join("noop.log"))?;
    await_open(&mut process, address)?;
    Ok(Server {
        name: "no-op axum handler",
        address,
        door: Door {
            path: "/",
            secret: SECRET,
        },
        process,
        database: None,
    })
}

impl Places {
    /// The receiver that is written by hand.
    pub(crate) fn fastify(&self, folder: &Path) -> anyhow::Result<Server> {
        let place = self.fastify.as_ref().context("no --fastify was given")?;
        let url = self.create("fastify")?;
        let arguments = |port: u16| {
            [
                "receiver.mjs".to_owned(),
                port.to_string(),
                url,
                SECRET.to_owned(),
            ]
        };
        let log = folder.join("fastify.log");
        self.serve_by_node("Fastify by hand", place, arguments, &log)
    }

    /// A server that runs on Node.js, in the folder that holds its packages.
    pub(crate) fn serve_by_node<const N: usize>(
        &self,
        name: &'static str,
        place: &Path,
        arguments: impl FnOnce(u16) -> [String; N],
        log: &Path,
    ) -> anyhow::Result<Server> {
        let address = free_address()?;
        let mut command = Command::new("node");
        command
            .current_dir(place)
            .env("NODE_ENV", "production")
            .env("GRAPHILE_ENV", "production")
            .args(arguments(address.port()));
        let mut process = Running::start(name, &mut command, log)?;
        await_open(&mut process, address)?;
        Ok(Server {
            name,
            address,
            door: Door {
                path: "/webhooks/masivo",
                secret: SECRET,
            },
            process,
            database: self.postgres_id,
        })
    }

    /// `pgbench` that inserts one body of `size` bytes in each transaction, for so long.
    pub(crate) fn pgbench(&self, url: &str, script: &Path, load: PgbenchLoad) -> Command {
        let mut command = Command::new(self.pgbench.as_deref().unwrap_or(Path::new("pgbench")));
        command
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--file"])
            .arg(script)
            .arg(format!("--client={}", load.connections))
            .arg(format!("--time={}", load.time.as_secs().max(1)))
            .args(["--log", "--log-prefix=transactions"])
            .arg(url);
        command
    }

    /// A database of its own on the PostgreSQL that was given, anew.
    pub(crate) fn create(&self, name: &str) -> anyhow::Result<String> {
        let maintenance = self
            .postgres
            .as_deref()
            .context("no --postgres was given")?;
        let psql = self.pgbench.as_deref().and_then(Path::parent);
        let psql = psql.map_or("psql".into(), |folder| folder.join("psql"));
        for sql in [
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name}"),
        ] {
            run(Command::new(&psql).args(["--quiet", "--command", &sql, maintenance]))?;
        }
        let (server, _) = maintenance.rsplit_once('/').context("a database's URL")?;
        Ok(format!("{server}/{name}"))
    }

    /// Runs SQL in a database.
    pub(crate) fn psql(&self, url: &str, sql: &str) -> anyhow::Result<()> {
        let psql = self.pgbench.as_deref().and_then(Path::parent);
        let psql = psql.map_or("psql".into(), |folder| folder.join("psql"));
        run(Command::new(psql).args(["--quiet", "--command", sql, url]))
    }
}

/// How hard `pgbench` works.
#[derive(Clone, Copy)]
pub(crate) struct PgbenchLoad {
    pub(crate) connections: usize,
    pub(crate) time: Duration,
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command
        .output()
        .with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

pub(crate) fn await_open(process: &mut Running, address: SocketAddr) -> anyhow::Result<()> {
    until(process, || TcpStream::connect(address).is_ok())
}

fn await_ready(process: &mut Running, admin: SocketAddr) -> anyhow::Result<()> {
    until(process, || is_ready(admin).unwrap_or(false))
}

fn until(process: &mut Running, mut done: impl FnMut() -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !done() {
        process.check()?;
        if began.elapsed() > PATIENCE {
            bail!("a server does not answer");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// Whether `/readyz` says so.
fn is_ready(admin: SocketAddr) -> std::io::Result<bool> {
    use std::io::{Read as _, Write as _};
    let mut stream = TcpStream::connect(admin)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: laurel\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200"))
}
