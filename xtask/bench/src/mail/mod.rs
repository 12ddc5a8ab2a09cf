//! `cargo xtask bench mail`: how fast the outbox is drained into Postfix's smtp-sink, beside smtp-source; how soon after
//! its webhook a mail is with the relay; and what draining costs the intake.

mod beside;
mod drained;
mod outbox;
mod soon;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum};
use tokio::runtime::Runtime;
use tokio::task::{JoinSet, LocalSet};

use crate::contenders::{Database, Places, Server, await_open, free_address};
use crate::load::Connection;
use crate::processes::Running;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    places: Places,
    /// Postfix's `smtp-sink`.
    #[arg(long)]
    sink: PathBuf,
    /// Postfix's `smtp-source`.
    #[arg(long)]
    source: PathBuf,
    /// The folder of Postfix's libraries.
    #[arg(long)]
    libraries: PathBuf,
    /// What is measured.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["drained", "soon", "beside"])]
    part: Vec<Part>,
    /// The databases that Laurel is measured on.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// Connections to the relay, where the outbox is drained; the first of them everywhere else.
    #[arg(long, value_delimiter = ',', default_values_t = [8, 1])]
    connections: Vec<usize>,
    /// How many mails are drained each time.
    #[arg(long, default_value_t = 10_000)]
    messages: u64,
    /// How often that figure is taken, in turns; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How many upgrades are followed to the relay, one after the other.
    #[arg(long, default_value_t = 1_000)]
    upgrades: u64,
    /// How many mails are drained while the intake is measured.
    #[arg(long, default_value_t = 100_000)]
    backlog: u64,
    /// For how many seconds it is measured each time.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// How many mails go out in a second, beside smtp-source.
    Drained,
    /// How soon after its webhook an upgrade's mail is with the relay.
    Soon,
    /// What draining costs the intake.
    Beside,
}

/// Who posts at a time while the outbox is filled.
const POSTERS: usize = 16;
/// For the outbox to be filled, or drained.
const PATIENCE: Duration = Duration::from_mins(20);
/// Rarely: a look counts what is pending, with the processor of those who are measured.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("laurel-bench-").tempdir()?;
    let key = folder.path().join("dkim.pem");
    let size = size_of_a_mail(options, folder.path(), &key)?;
    println!("## Mail\n\nMails of {size} bytes, signed with Ed25519, into smtp-sink.\n");
    for part in &options.part {
        match part {
            Part::Drained => drained::run(options, folder.path(), &key, size)?,
            Part::Soon => soon::run(options, folder.path(), &key)?,
            Part::Beside => beside::run(options, folder.path(), &key)?,
        }
    }
    Ok(())
}

/// A runtime for what posts and looks: on one thread, the others are the server's.
fn runtime() -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}

/// A mail as it goes out, and the key that signs it.
fn size_of_a_mail(options: &Options, folder: &Path, key: &Path) -> anyhow::Result<usize> {
    let config = folder.join("laurel.toml");
    let mails = folder.join("mails");
    let database = folder.join("sample.db");
    let to_a_folder = email(key, "transport = \"file\"\nfile.folder = \"mails\"\n");
    let text = format!(
        "database.url = \"sqlite://{}\"\n{to_a_folder}",
        database.display()
    );
    fs::write(&config, text)?;
    let laurel = |arguments: &[&str]| {
        let status = Command::new(options.places.program())
            .current_dir(folder)
            .arg("--config")
            .arg(&config)
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        ensure!(status.success(), "laurel {arguments:?}: {status}");
        Ok(())
    };
    laurel(&[
        "email",
        "dkim",
        "--new",
        &key.display().to_string(),
        "--domain",
        "example.com",
    ])?;
    // With its database, since the links are signed with a key that is kept there.
    laurel(&["migrate"])?;
    laurel(&["email", "test", "--to", "c000000@example.com"])?;
    let mail = fs::read_dir(&mails)?
        .next()
        .context("a mail in the folder")??;
    Ok(usize::try_from(mail.metadata()?.len())?)
}

/// A section of the configuration.
fn email(key: &Path, more: &str) -> String {
    format!(
        "[email]\nfrom = \"Club <club@example.com>\"\nsettle = \"0s\"\n\
         dkim = {{ keys = [{{ selector = \"s1\", key_file = \"{}\" }}] }}\n{more}",
        key.display()
    )
}

/// The same, to send through a relay.
fn through(key: &Path, relay: SocketAddr, connections: usize) -> String {
    email(
        key,
        &format!(
            "transport = \"smtp\"\nsmtp = {{ url = \"smtp://{relay}?tls=none\", connections = {connections} }}\n"
        ),
    )
}

/// How mail is set while the outbox fills: nothing is sent, and everything is due at once.
const FILLING: &str = "[email]\nsettle = \"0s\"\n";

/// Gives a configuration other settings for mail.
fn configure(place: &Path, email: &str) -> anyhow::Result<()> {
    let file = place.join("laurel.toml");
    let config = fs::read_to_string(&file)?;
    let rest = config.split("[email]").next().unwrap_or_default();
    Ok(fs::write(&file, format!("{rest}{email}"))?)
}

fn sink(options: &Options, folder: &Path) -> anyhow::Result<(Running, SocketAddr)> {
    let address = free_address()?;
    let mut command = Command::new(&options.sink);
    command.env("LD_LIBRARY_PATH", &options.libraries);
    if rustix::process::geteuid().is_root() {
        command.args(["-u", "nobody"]);
    }
    command.args([&address.to_string(), "1024"]);
    let mut sink = Running::start("smtp-sink", &mut command, &folder.join("sink.log"))?;
    await_open(&mut sink, address)?;
    Ok((sink, address))
}

fn wait(process: &mut Running, mut so: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<()> {
    let began = Instant::now();
    while !so()? {
        process.check()?;
        if began.elapsed() > PATIENCE {
            bail!("it takes too long");
        }
        std::thread::sleep(LOOK_AGAIN);
    }
    Ok(())
}

/// Has so many customers enter, and rise.
fn fill(runtime: &Runtime, server: &Server, customers: u64) -> anyhow::Result<()> {
    post_all(runtime, server, customers, |number| {
        vec![entry(number), rise(number)]
    })
}

fn post_all(
    runtime: &Runtime,
    server: &Server,
    customers: u64,
    bodies: fn(u64) -> Vec<String>,
) -> anyhow::Result<()> {
    LocalSet::new().block_on(runtime, async {
        let mut posting = JoinSet::new();
        for poster in 0..POSTERS as u64 {
            let mut connection = Connection::open(server.address, &server.door).await?;
            posting.spawn_local(async move {
                for number in (poster..customers).step_by(POSTERS) {
                    for body in bodies(number) {
                        let status = connection.post(body.as_bytes()).await?;
                        ensure!(status == 200, "a webhook is answered {status}");
                    }
                }
                Ok(())
            });
        }
        while let Some(posted) = posting.join_next().await {
            posted??;
        }
        Ok(())
    })
}

fn entry(number: u64) -> String {
    let id = format!("c{number:06}");
    format!(
        r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"{id}","customer":{{"id":"{id}","name":"Ana María Pérez","email":"{id}@example.com","status":"ACTIVE"}}}}}}"#
    )
}

fn rise(number: u64) -> String {
    let id = format!("c{number:06}");
    format!(
        r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"{id}","from_tier_id":"b","from_tier_name":"Bronze","from_tier_level":1,"to_tier_id":"s","to_tier_name":"Silver","to_tier_level":2}}}}"#
    )
}

#[expect(clippy::cast_precision_loss, reason = "mails are far below 2^53")]
fn rate(messages: u64, time: Duration) -> f64 {
    messages as f64 / time.as_secs_f64()
}
