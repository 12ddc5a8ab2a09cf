//! A follower that is not ours, the npm client `graphql-ws`, misses nothing although its server is killed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use laurel_store::{CustomerFilter, HistoryFilter, KeyScope, PageRequest, Source, Store};
use laurel_testkit::{TestDatabase, both_databases};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;

use crate::aftermath::{handled, store};
use crate::child::{MASIVO, Server};
use crate::traffic::{post_all, reached, traffic};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const WEBHOOKS: usize = 240;
const KILLS: usize = 3;

both_databases!(within two_minutes: d34_the_client_graphql_ws_goes_on_where_it_was_when_its_server_is_killed);

fn two_minutes() -> Duration {
    Duration::from_mins(2)
}

async fn d34_the_client_graphql_ws_goes_on_where_it_was_when_its_server_is_killed(
    database: TestDatabase,
) {
    let server = Server::new(&database.url).await;
    let store = store(&database.url).await;
    let source = Source::new(MASIVO).expect("a name");
    let key = store.create_api_key(&source, None, &KeyScope::ALL).await;
    let (_, key) = key.expect("a key");
    let mut follower = Follower::start(&server, &key);

    let traffic = traffic(7, WEBHOOKS);
    let posted = watch::Sender::new(0);
    tokio::join!(post_all(&server, &traffic, &posted), async {
        for kill in 1..=KILLS {
            reached(&posted, WEBHOOKS * kill / (KILLS + 1)).await;
            server.kill_and_restart().await;
        }
    });
    handled(&store).await;
    let entries = entries(&store).await;
    assert!(entries.len() > WEBHOOKS / 2, "{}", entries.len());
    let mut told = BTreeSet::new();
    while !told.is_superset(&entries) {
        told.insert(follower.next().await);
    }
    server.stop().await;
}

/// The ids of all entries of all histories, as the API shows them.
async fn entries(store: &Store) -> BTreeSet<String> {
    let scope = store.scope(&Source::new(MASIVO).expect("a name"));
    let customers = CustomerFilter::default();
    let customers = scope.customers(&customers, &PageRequest::first(100)).await;
    let mut ids = BTreeSet::new();
    for customer in customers.expect("customers").items {
        let (everything, page) = (HistoryFilter::default(), PageRequest::first(1_000));
        let history = scope
            .history(&customer.customer_id, &everything, &page)
            .await;
        ids.extend(history.expect("a history").items.iter().map(|entry| {
            let id = format!("h:{MASIVO}:{}", entry.event_id.simple());
            BASE64_URL_SAFE_NO_PAD.encode(id)
        }));
    }
    ids
}

/// The client, as a process of its own.
struct Follower {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Follower {
    fn start(server: &Server, key: &str) -> Self {
        let modules: PathBuf = std::env::var_os("LAUREL_TEST_NODE_MODULES")
            .expect("LAUREL_TEST_NODE_MODULES is not set: run `cargo xtask test`, which installs what judges the API")
            .into();
        let mut process = Command::new("node")
            .arg(Path::new(ROOT).join("xtask/judges/follow_graphql.cjs"))
            .args([&format!("ws://{}/graphql", server.http), key])
            .env("NODE_PATH", modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js is missing: run `cargo xtask test`, which installs it");
        let output = process.stdout.take().expect("its output");
        Self {
            _process: process,
            lines: BufReader::new(output).lines(),
        }
    }

    /// The id of the next entry that it was told of.
    async fn next(&mut self) -> String {
        let line = self.lines.next_line().await.expect("a line");
        line.expect("a client that goes on")
    }
}
