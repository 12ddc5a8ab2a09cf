//! A disk that fills up under SQLite: nobody is told yes who should not be, questions are answered all the while, and
//! once there is room everything goes on without a restart.

mod mount;

use std::path::Path;
use std::time::Duration;

use laurel_testkit::{TestApp, TestDatabase, run, run_for};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use self::mount::Mount;
use crate::aftermath::{all_is_well, events, store};
use crate::child::{MASIVO, Server, exchange, get, webhook};
use crate::dose::{dose, limit, seed};
use crate::traffic::{post_all, reached, traffic};

/// So many refusals are a disk that is full, and not just short of room for one event.
const REFUSALS: usize = 20;
/// Longer than three leases of a worker.
const FULL_FOR: Duration = Duration::from_secs(15);
/// A source whose webhooks take the room that is left, and its token.
const OTHER: &str = "other";
const TOKEN: &str = "zS0Aj5Hg1Fd6Cn3By8Wt4Rp7Lm2QvX9k";
/// Webhooks on the small disk, which has room for some thousands.
const WEBHOOKS: usize = 600;

mod sqlite {
    use super::{dose, limit, run, run_for};

    #[test]
    fn a_file_that_may_not_grow_refuses_events_and_goes_on_when_it_may() {
        run(super::no_more_pages());
    }

    #[test]
    fn a_disk_that_is_full_refuses_events_and_goes_on_when_there_is_room() {
        // Root only: `cargo xtask chaos --mount` asks for it.
        if dose("LAUREL_TEST_MOUNT", 0) > 0 {
            run_for(limit(0, super::Duration::ZERO), super::no_more_room());
        }
    }
}

async fn no_more_pages() {
    let app = TestApp::new(TestDatabase::sqlite().await).await;
    let mut stored = post_some(&app, 0, 50).await;
    assert_eq!(stored.len(), 50);
    app.settle().await;

    let mut next = 50;
    while next - stored.len() < REFUSALS {
        assert!(next < 500, "it does not fill up");
        // Each time, since the limit is the connection's own, and one that was refused may have been replaced.
        pragma(&app, "max_page_count = 1").await;
        stored.extend(post_some(&app, next, 1).await);
        next += 1;
    }
    let question = "{ customers(first: 1) { totalCount } }";
    assert_eq!(
        app.query(question).await["data"]["customers"]["totalCount"],
        1
    );

    pragma(&app, "max_page_count = 1000000").await;
    let refused: Vec<_> = (0..next)
        .filter(|number| !stored.contains(number))
        .collect();
    for number in refused {
        assert_eq!(post_some(&app, number, 1).await.len(), 1, "{number}");
    }
    app.settle().await;
    assert_each_is_there_once(&app, next).await;
    the_log_is_merged(&app).await;
}

/// Posts events, and returns the numbers of those that were stored; the others were told to come again.
async fn post_some(app: &TestApp, first: usize, many: usize) -> Vec<usize> {
    let mut stored = Vec::new();
    for number in first..first + many {
        let filler = "x".repeat(2_000);
        let data = format!(r#"{{"customer_id":"ana-0042","filler":"{filler}"}}"#);
        let body = format!(r#"{{"event":"X{number}","data":{data}}}"#);
        let (status, answer) = app.post(body.as_bytes()).await;
        match status.as_u16() {
            200 => stored.push(number),
            503 => assert_eq!(answer["code"], "unavailable"),
            other => panic!("{other}: {answer}"),
        }
    }
    stored
}

/// Asks, or sets, something of the connection that writes, which is one.
async fn pragma(app: &TestApp, what: &str) -> i64 {
    let tx = app.database.store.begin().await.expect("a transaction");
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {what}"));
    let row = tx.connection().query_one_raw(statement).await;
    let row = row.expect("an answer").expect("a row");
    tx.commit().await.expect("a commit");
    row.try_get_by_index(0).expect("a number")
}

async fn assert_each_is_there_once(app: &TestApp, many: usize) {
    let events = events(&app.database.store, MASIVO).await;
    assert_eq!(events.len(), many);
    let answer = app
        .query(r#"{ customer(id: "ana-0042") { history { totalCount } } }"#)
        .await;
    assert_eq!(answer["data"]["customer"]["history"]["totalCount"], many);
}

/// The write-ahead log goes into the file as ever.
async fn the_log_is_merged(app: &TestApp) {
    let path = app.database.url.strip_prefix("sqlite://").expect("a path");
    app.database.store.close().await.expect("a clean end");
    let log = format!("{path}-wal");
    assert!(!Path::new(&log).exists(), "the log was not merged");
}

async fn no_more_room() {
    let mount = Mount::new();
    let database = format!("sqlite://{}", mount.path().join("laurel.db").display());
    let traffic = traffic(seed("disk"), WEBHOOKS);
    let other = format!(r#"sources.{OTHER}.auth = [{{ kind = "token", token = "{TOKEN}" }}]"#);
    let server = Server::with(&database, "all", &other).await;
    let posted = watch::Sender::new(0);
    let trouble = async {
        reached(&posted, WEBHOOKS / 3).await;
        mount.fill();
        let stored = while_it_is_full(&server).await;
        mount.empty();
        stored
    };
    let (acknowledged, stored) = tokio::join!(post_all(&server, &traffic, &posted), trouble);
    let others = events(&store(&database).await, OTHER).await;
    let others: Vec<_> = others.iter().map(|event| event.id.to_string()).collect();
    assert_eq!(others, stored, "acknowledged while the disk was full");
    all_is_well(&server, &database, &traffic, &acknowledged).await;
}

/// Fills what room there is left inside of the files, until no lease of before can be left. Returns the ids of what was
/// stored.
async fn while_it_is_full(server: &Server) -> Vec<String> {
    let (began, token) = (Instant::now(), format!("Authorization: Bearer {TOKEN}\r\n"));
    let (mut stored, mut refused) = (Vec::new(), 0);
    while began.elapsed() < FULL_FOR {
        let number = stored.len() + refused;
        let filler = "x".repeat(20_000);
        let body = format!(r#"{{"event":"X","data":{{"n":{number},"filler":"{filler}"}}}}"#);
        let answer = exchange(server.http, &webhook(OTHER, &token, body.as_bytes())).await;
        let answer = answer.expect("an answer");
        if answer.status == 200 {
            stored.push(answer.taken().1);
        } else {
            answer.assert_told_to_come_again();
            refused += 1;
            let ready = get(server.admin, "/readyz").await.expect("an answer");
            assert_eq!(ready.status, 200, "it answers questions");
            sleep(Duration::from_millis(50)).await;
        }
    }
    assert!(
        refused >= REFUSALS,
        "{refused} refused, {} stored",
        stored.len()
    );
    stored
}
