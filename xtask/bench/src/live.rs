//! `cargo xtask bench live`: how soon an event reaches everybody who follows, and what each of them costs.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use hdrhistogram::Histogram;
use laurel_store::{KeyScope, Options as StoreOptions, Source, Store, SystemClock};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::contenders::{Database, Laurel, Places, Server};
use crate::load::{Bodies, Connection};
use crate::processes::{peak_memory, resident_memory};
use crate::table::{self, figure};

/// What everybody subscribes to.
const SUBSCRIPTION: &str = "subscription Follow($after: String) { historyEntryAdded(after: $after) { cursor \
     node { id kind occurredAt customer { customerId } ... on Accumulation { lines { amount reward { name } } } } } }";
/// The one request beside which the followers' time is held.
const QUERY: &str = "{ customer(id: \"c-000000000000\") { customerId history(first: 1) { nodes { id kind occurredAt } } } }";
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    places: Places,
    /// The databases that Laurel is measured on.
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["sqlite", "postgres"])]
    database: Vec<Database>,
    /// How many follow, each over a connection of their own.
    #[arg(long, default_value_t = 1_000)]
    followers: usize,
    /// How many events are posted, one after the other.
    #[arg(long, default_value_t = 200)]
    events: usize,
    /// Milliseconds between the events.
    #[arg(long, default_value_t = 250)]
    pause: u64,
}

type Socket = WebSocketStream<TcpStream>;

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("laurel-bench-").tempdir()?;
    println!(
        "## Live\n\n{} followers on one copy, {} events, one every {} ms. Times from the 2xx to a follower, in ms.\n",
        options.followers, options.events, options.pause
    );
    let head = [
        "",
        "one request p50",
        "to a follower p50",
        "p99",
        "max",
        "p99 of one request",
        "told, of all",
        "KiB a follower",
        "peak MiB",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for database in &options.database {
        let place = folder.path().join(format!("live-{database:?}"));
        rows.push(runtime.block_on(measure(options, *database, &place))?);
    }
    table::print(&rows);
    Ok(())
}

async fn measure(
    options: &Options,
    database: Database,
    place: &Path,
) -> anyhow::Result<Vec<String>> {
    let room = options.followers + 64;
    let more = format!(
        "http.max_connections_per_address = {room}\ngraphql.max_sockets = {room}\ngraphql.max_sockets_per_token = {room}\n"
    );
    let laurel = Laurel::new(&options.places, database, place, &more)?;
    let mut server = laurel.start("all")?;
    let key = key(&laurel.url).await?;
    let mut bodies = Bodies::default().of(1_536);
    let mut sender = Connection::open(server.address, &server.door).await?;
    ensure!(sender.post(bodies.next()).await? == 200, "not accepted");
    let request = one_request(&server, &key).await?;

    // What the first of each costs, all others do not.
    let first = subscribed(&server, &key).await?;
    let before = resident_memory(server.process.id()).context("no memory")?;
    let mut sockets = vec![first];
    while sockets.len() < options.followers {
        sockets.push(subscribed(&server, &key).await?);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let held = resident_memory(server.process.id()).context("no memory")? - before;

    let (told, mut heard) = mpsc::unbounded_channel();
    let mut followers = JoinSet::new();
    for socket in sockets {
        followers.spawn(listen(socket, options.events, told.clone()));
    }
    let mut times = Histogram::<u64>::new(3)?;
    let mut all = 0_usize;
    for _ in 0..options.events {
        ensure!(sender.post(bodies.next()).await? == 200, "not accepted");
        let answered = Instant::now();
        for _ in 0..options.followers {
            let at = tokio::time::timeout(PATIENCE, heard.recv()).await?;
            let at: Instant = at.context("a follower has gone")?;
            // One who was told before the sender was answered was told at once.
            let after = at.saturating_duration_since(answered);
            times.record(u64::try_from(after.as_micros())?.max(1))?;
            all += 1;
        }
        tokio::time::sleep(Duration::from_millis(options.pause)).await;
    }
    server.process.check()?;
    let peak = peak_memory(server.process.id()).unwrap_or(f64::NAN);
    followers.abort_all();
    server.process.stop()?;
    Ok(row(
        server.name,
        request,
        &times,
        share(all, options),
        held,
        peak,
        options,
    ))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn share(all: usize, options: &Options) -> f64 {
    all as f64 / (options.events * options.followers) as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "microseconds are far below 2^53"
)]
fn row(
    name: &str,
    request: f64,
    times: &Histogram<u64>,
    told: f64,
    held: f64,
    peak: f64,
    options: &Options,
) -> Vec<String> {
    let within = |share: f64| times.value_at_quantile(share) as f64 / 1_000.0;
    let figures = [
        request,
        within(0.5),
        within(0.99),
        times.max() as f64 / 1_000.0,
        within(0.99) / request,
        told,
        held * 1_024.0 / options.followers as f64,
        peak,
    ];
    let mut row = vec![name.to_owned()];
    row.extend(figures.map(figure));
    row
}

async fn key(url: &str) -> anyhow::Result<String> {
    let store = Store::connect(&StoreOptions::new(url), Arc::new(SystemClock)).await?;
    let source = Source::new("masivo")?;
    let (_, key) = store
        .create_api_key(&source, None, &[KeyScope::Read])
        .await?;
    store.close().await?;
    Ok(key)
}

/// The median of a small question, asked over and over by one who is alone, in milliseconds.
async fn one_request(server: &Server, key: &str) -> anyhow::Result<f64> {
    let body = json!({ "query": QUERY }).to_string();
    let mut asker = Connection::asking(server.address, "/graphql", key).await?;
    let mut times = Vec::new();
    for _ in 0..1_000 {
        let begun = Instant::now();
        ensure!(asker.post(body.as_bytes()).await? == 200, "not answered");
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    Ok(table::median(times))
}

/// A socket that follows.
async fn subscribed(server: &Server, key: &str) -> anyhow::Result<Socket> {
    let stream = TcpStream::connect(server.address).await?;
    stream.set_nodelay(true)?;
    let mut request = format!("ws://{}/graphql", server.address).into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    headers.insert("authorization", format!("Bearer {key}").parse()?);
    let (mut socket, _) = client_async(request, stream).await?;
    say(&mut socket, json!({ "type": "connection_init" })).await?;
    hear(&mut socket).await?;
    let payload = json!({ "query": SUBSCRIPTION });
    say(
        &mut socket,
        json!({ "type": "subscribe", "id": "1", "payload": payload }),
    )
    .await?;
    Ok(socket)
}

/// Says when each update came.
async fn listen(
    mut socket: Socket,
    events: usize,
    told: mpsc::UnboundedSender<Instant>,
) -> anyhow::Result<()> {
    for _ in 0..events {
        let text = hear(&mut socket).await?;
        ensure!(text.contains("\"next\""), "{text}");
        if told.send(Instant::now()).is_err() {
            break;
        }
    }
    // A follower stays until all of them go.
    std::future::pending().await
}

async fn say(socket: &mut Socket, message: serde_json::Value) -> anyhow::Result<()> {
    use futures_util::SinkExt as _;
    Ok(socket.send(Message::text(message.to_string())).await?)
}

async fn hear(socket: &mut Socket) -> anyhow::Result<String> {
    use futures_util::StreamExt as _;
    loop {
        match socket.next().await.context("closed")?? {
            Message::Text(text) => return Ok(text.to_string()),
            Message::Close(why) => bail!("closed: {why:?}"),
            _ => {}
        }
    }
}
