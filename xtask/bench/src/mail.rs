//! `cargo xtask bench mail`: how fast the outbox is drained into Postfix's smtp-sink, beside smtp-source.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use laurel_store::{Options as StoreOptions, Store, SystemClock};
use tokio::runtime::Runtime;
use tokio::task::{JoinSet, LocalSet};

use crate::contenders::{Database, Laurel, Places, Server, await_open, free_address};
use crate::load::Connection;
use crate::processes::Running;
use crate::table::{self, figure, median};

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
    /// The databases that Laurel is measured on.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// Connections to the relay.
    #[arg(long, value_delimiter = ',', default_values_t = [8, 1])]
    connections: Vec<usize>,
    /// How many mails each time.
    #[arg(long, default_value_t = 10_000)]
    messages: u64,
    /// How often each figure is taken, in turns; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// Who posts at a time while the outbox is filled.
const POSTERS: usize = 16;
/// For the outbox to be filled, or drained.
const PATIENCE: Duration = Duration::from_mins(10);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("laurel-bench-").tempdir()?;
    let key = folder.path().join("dkim.pem");
    let size = size_of_a_mail(options, folder.path(), &key)?;
    println!(
        "## Mail\n\n{} mails of {size} bytes, signed with Ed25519, into smtp-sink; medians of {} runs.\n",
        options.messages, options.rounds
    );
    let mut rows = vec![vec![
        String::new(),
        "mails/s".into(),
        "smtp-source".into(),
        "ratio".into(),
    ]];
    for &connections in &options.connections {
        for &database in &options.database {
            let mut found = Vec::new();
            for round in 0..options.rounds {
                let place = folder
                    .path()
                    .join(format!("mail-{database:?}-{connections}-{round}"));
                let limit = yardstick(options, folder.path(), connections, size)?;
                let drained = drain(options, database, connections, &place, &key)?;
                found.push([drained, limit, drained / limit]);
            }
            let mut row = vec![format!("{database:?}, {connections} connections")];
            row.extend((0..3).map(|place| figure(median(found.iter().map(|found| found[place])))));
            rows.push(row);
        }
    }
    table::print(&rows);
    Ok(())
}

/// A mail as it goes out, and the key that signs it.
fn size_of_a_mail(options: &Options, folder: &Path, key: &Path) -> anyhow::Result<usize> {
    let config = folder.join("laurel.toml");
    let mails = folder.join("mails");
    fs::write(
        &config,
        email(key, "transport = \"file\"\nfile.folder = \"mails\"\n"),
    )?;
    let laurel = |arguments: &[&str]| {
        let status = Command::new(options.places.program())
            .current_dir(folder)
            .arg("--config")
            .arg(&config)
            .arg("email")
            .args(arguments)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()?;
        ensure!(status.success(), "laurel email {arguments:?}: {status}");
        Ok(())
    };
    laurel(&[
        "dkim",
        "--new",
        &key.display().to_string(),
        "--domain",
        "example.com",
    ])?;
    laurel(&["test", "--to", "c00000@example.com"])?;
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

/// What smtp-source sends in a second over kept connections.
fn yardstick(
    options: &Options,
    folder: &Path,
    connections: usize,
    size: usize,
) -> anyhow::Result<f64> {
    let (_sink, address) = sink(options, folder)?;
    let mut command = Command::new(&options.source);
    command
        .env("LD_LIBRARY_PATH", &options.libraries)
        .args(["-d", "-f", "club@example.com", "-t", "ana@example.com"])
        .args(["-s", &connections.to_string()])
        .args(["-m", &options.messages.to_string()])
        .args(["-l", &size.to_string()])
        .arg(address.to_string());
    let began = Instant::now();
    let status = command.status()?;
    ensure!(status.success(), "smtp-source: {status}");
    Ok(rate(options.messages, began.elapsed()))
}

fn drain(
    options: &Options,
    database: Database,
    connections: usize,
    place: &Path,
    key: &Path,
) -> anyhow::Result<f64> {
    let laurel = Laurel::new(&options.places, database, place, "")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let store = StoreOptions::new(&laurel.url);
    let store = runtime.block_on(Store::connect(&store, Arc::new(SystemClock)))?;
    let mut server = laurel.start("all")?;
    fill(&runtime, &server, options.messages)?;
    let wanted = i64::try_from(options.messages)?;
    wait(&mut server.process, || {
        Ok(pending(&runtime, &store)? == wanted)
    })?;
    server.process.stop()?;

    let (_sink, address) = sink(options, place)?;
    let file = place.join("laurel.toml");
    let smtp = format!(
        "transport = \"smtp\"\nsmtp = {{ url = \"smtp://{address}?tls=none\", connections = {connections} }}\n"
    );
    let config = fs::read_to_string(&file)? + &email(key, &smtp);
    fs::write(&file, config)?;
    let mut server = laurel.start("worker")?;
    // From the first twentieth on, up to the last: the ends are starting and stopping.
    let twentieth = wanted / 20;
    wait(&mut server.process, || {
        Ok(pending(&runtime, &store)? <= wanted - twentieth)
    })?;
    let (began, from) = (Instant::now(), pending(&runtime, &store)?);
    wait(&mut server.process, || {
        Ok(pending(&runtime, &store)? <= twentieth)
    })?;
    let (took, left) = (began.elapsed(), pending(&runtime, &store)?);
    wait(&mut server.process, || Ok(pending(&runtime, &store)? == 0))?;
    server.process.stop()?;
    Ok(rate(u64::try_from(from - left)?, took))
}

fn pending(runtime: &Runtime, store: &Store) -> anyhow::Result<i64> {
    Ok(runtime.block_on(store.outbox_pending("mail"))?)
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

fn bodies(number: u64) -> [String; 2] {
    let id = format!("c{number:05}");
    [
        format!(
            r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"{id}","customer":{{"id":"{id}","name":"Ana María Pérez","email":"{id}@example.com","status":"ACTIVE"}}}}}}"#
        ),
        format!(
            r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"{id}","from_tier_id":"b","from_tier_name":"Bronze","from_tier_level":1,"to_tier_id":"s","to_tier_name":"Silver","to_tier_level":2}}}}"#
        ),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "mails are far below 2^53")]
fn rate(messages: u64, time: Duration) -> f64 {
    messages as f64 / time.as_secs_f64()
}
