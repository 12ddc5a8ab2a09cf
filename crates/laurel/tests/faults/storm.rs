//! Thousands of clients that go away in the middle of a webhook leave nothing behind but their events.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::{StreamExt, stream};
use laurel_store::Store;
use laurel_testkit::{TestDatabase, both_databases};
use rand::{Rng, SeedableRng, rngs::StdRng};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::aftermath::{events, handled, store};
use crate::child::{MASIVO, Server, bearer, eventually, webhook};
use crate::dose::{dose, limit, seed};

/// At a time.
const CLIENTS: usize = 64;
/// As many connections as one address may have by default.
const ALL_SLOTS: usize = 512;
/// Files that a server opens when it has more to do: connections to its database, its log.
const ITS_OWN: usize = 40;

both_databases!(within a_while: a_storm_of_disconnects_leaves_nothing_behind);

fn disconnects() -> usize {
    dose("LAUREL_TEST_DISCONNECTS", 10_000)
}

fn a_while() -> Duration {
    limit(disconnects(), Duration::from_millis(10))
}

async fn a_storm_of_disconnects_leaves_nothing_behind(database: TestDatabase) {
    let server = Server::new(&database.url).await;
    let files = server.open_files().await;
    // Ten clients for each event.
    let bodies: Vec<_> = (0..disconnects().div_ceil(10)).map(body).collect();
    let mut rng = StdRng::seed_from_u64(seed("storm").into());
    let departures = (0..disconnects()).map(|number| {
        let request = webhook(MASIVO, &bearer(), &bodies[number % bodies.len()]);
        depart(server.http, request, rng.random(), rng.random())
    });
    let departures: Vec<_> = departures.collect();
    stream::iter(departures)
        .buffer_unordered(CLIENTS)
        .collect::<Vec<_>>()
        .await;

    let retries = bodies
        .iter()
        .map(|body| server.post_until_acknowledged(body));
    let ids = stream::iter(retries).buffer_unordered(8);
    let ids: HashSet<_> = ids.map(|(_, id)| id).collect().await;
    assert_eq!(ids.len(), bodies.len());
    let store = store(&database.url).await;
    assert_eq!(
        events(&store, MASIVO).await.len(),
        bodies.len(),
        "each event once"
    );
    handled(&store).await;
    eventually("nobody in a transaction", async || {
        in_a_transaction(&store).await == 0
    })
    .await;
    eventually("the clients' sockets closed", async || {
        server.open_files().await <= files + ITS_OWN
    })
    .await;
    every_slot_is_free(server.http).await;
}

fn body(number: usize) -> Vec<u8> {
    let filler = "x".repeat(2_000);
    let data = format!(
        r#"{{"customer_id":"c{}","filler":"{filler}"}}"#,
        number % 50
    );
    format!(r#"{{"event":"X{number}","data":{data}}}"#).into_bytes()
}

/// Sends a part of a request, from none of its body to all of it, and goes away: with a farewell, or `abruptly`.
async fn depart(server: SocketAddr, request: Vec<u8>, moment: u8, abruptly: bool) {
    let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let head = head.expect("an end of the head") + 4;
    let sent = match moment % 3 {
        0 => head,
        1 => head + (request.len() - head) * usize::from(moment) / 256,
        _ => request.len(),
    };
    // A server that has enough of this may turn it away.
    if let Ok(mut client) = TcpStream::connect(server).await {
        client.write_all(&request[..sent]).await.ok();
        if abruptly {
            client.set_zero_linger().ok();
        }
    }
}

/// How many sessions of the server are in a transaction and do nothing.
async fn in_a_transaction(store: &Store) -> i64 {
    let tx = store.begin().await.expect("a transaction");
    if tx.connection().get_database_backend() == DbBackend::Sqlite {
        return 0; // It had to end for ours to begin.
    }
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let row = tx.connection().query_one_raw(statement).await;
    let row = row.expect("an answer").expect("a row");
    row.try_get_by_index(0).expect("a number")
}

/// Holds as many connections as one address may, all at once, and is answered on each.
async fn every_slot_is_free(server: SocketAddr) {
    let ask = async || {
        let mut client = TcpStream::connect(server).await?;
        client
            .write_all(b"GET /webhooks/masivo HTTP/1.1\r\nHost: laurel\r\n\r\n")
            .await?;
        let length = client.read(&mut [0; 1024]).await?;
        std::io::Result::Ok((client, length))
    };
    let answers = join_all((0..ALL_SLOTS).map(|_| ask())).await;
    for answer in answers {
        let (_, length) = answer.expect("a connection that is kept");
        assert!(length > 0, "a connection was closed: it had no slot");
    }
}
