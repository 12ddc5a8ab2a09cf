//! Ten times as many events as can be stored: those are stored, the rest is told to come again, nobody else suffers.

use std::time::Duration;

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};

use crate::aftermath::{events, store};
use crate::child::{MASIVO, Server, bearer, exchange, get, webhook};
use crate::dose::{dose, limit};

const TIMES: usize = 10;
const SECONDS: usize = 4;
const TICKS: usize = 50;
/// Of a process whose every allocation is unoptimised.
const MOST_MEMORY: u64 = 160 << 20;

both_databases!(within a_while: ten_times_the_capacity_is_refused_and_the_rest_is_stored);

/// Events a second.
fn capacity() -> usize {
    dose("LAUREL_TEST_CAPACITY", 100)
}

fn a_while() -> Duration {
    limit(SECONDS, Duration::from_secs(10))
}

async fn ten_times_the_capacity_is_refused_and_the_rest_is_stored(database: TestDatabase) {
    let settings = format!(
        "ingest.events_per_second = {}\nhttp.max_connections_per_address = 4096",
        capacity()
    );
    let server = Server::with(&database.url, "all", &settings).await;
    let (answers, ()) = tokio::join!(offer(&server), ask_others(&server, &database));
    let (accepted, refused): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|status| *status == 200);
    assert!(refused.iter().all(|status| *status == 503), "{refused:?}");
    assert!(
        accepted.len() * 10 >= capacity() * SECONDS * 9,
        "{} of {} were stored",
        accepted.len(),
        capacity() * SECONDS
    );
    assert!(
        refused.len() >= capacity() * SECONDS * TIMES / 2,
        "{} refused",
        refused.len()
    );
    let peak = server.peak_memory().await;
    println!(
        "{} accepted, {} refused, {} MiB",
        accepted.len(),
        refused.len(),
        peak >> 20
    );
    assert!(peak < MOST_MEMORY, "{} MiB", peak >> 20);
    assert_eq!(
        events(&store(&database.url).await, MASIVO).await.len(),
        accepted.len()
    );
}

/// Offers events at an even pace, whatever becomes of them, and returns what each was told.
async fn offer(server: &Server) -> Vec<u16> {
    let mut posts = JoinSet::new();
    let mut tick = interval(Duration::from_secs(1) / u32::try_from(TICKS).expect("few"));
    for tick_number in 0..SECONDS * TICKS {
        tick.tick().await;
        for number in 0..capacity() * TIMES / TICKS {
            let body = format!(r#"{{"event":"X","data":{{"n":[{tick_number},{number}]}}}}"#);
            let (address, request) = (server.http, webhook(MASIVO, &bearer(), body.as_bytes()));
            posts.spawn(async move { exchange(address, &request).await });
        }
    }
    let answers = posts.join_all().await;
    answers
        .into_iter()
        .map(|answer| {
            let answer = answer.expect("an answer");
            if answer.status != 200 {
                answer.assert_told_to_come_again();
            }
            answer.status
        })
        .collect()
}

/// Others are answered meanwhile.
async fn ask_others(server: &Server, database: &TestDatabase) {
    let began = Instant::now();
    let source = database.source();
    let key = database.store.create_api_key(&source, None, &KeyScope::ALL);
    let (_, key) = key.await.expect("a key");
    let query = r#"{"query":"{ customers(first: 1) { totalCount } }"}"#;
    let question = format!(
        "POST /graphql HTTP/1.1\r\nHost: laurel\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{query}",
        query.len()
    );
    let mut tick = interval(Duration::from_millis(200));
    while began.elapsed() < Duration::from_secs(SECONDS as u64) {
        tick.tick().await;
        let answer = exchange(server.http, question.as_bytes()).await;
        assert_eq!(answer.expect("an answer").status, 200);
        let ready = get(server.admin, "/readyz").await.expect("an answer");
        assert_eq!(ready.status, 200);
    }
}
