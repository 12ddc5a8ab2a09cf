//! What our log holds of a customer who asks about another.

use std::io;
use std::sync::{Mutex, OnceLock, PoisonError};

use laurel_testkit::{TestDatabase, both_databases};
use ring::digest::{SHA256, digest};
use serde_json::json;
use tracing::Level;

use crate::client::{Api, accumulation};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Keeps the warnings of all tests of this process.
struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
        log.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn keep_the_log() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        let log = tracing_subscriber::fmt().json().with_max_level(Level::WARN);
        log.with_writer(|| Log).init();
    });
}

fn hash(id: &str) -> String {
    let digest = digest(&SHA256, format!("masivo:{id}").as_bytes());
    let hex = digest.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"));
    hex.collect()
}

async fn d26_who_asks_about_another_is_noted_and_neither_is_named(database: TestDatabase) {
    keep_the_log();
    let api = Api::new(database).await;
    // Other tests of this process write into the same log.
    let id = api.app.database.store.clock().id();
    let (who, whom) = (&format!("asks-{id}"), &format!("is-asked-{id}"));
    for customer in [who, whom] {
        let body = accumulation(customer, "1", "2026-02-03T00:00:00Z");
        api.receive(&[&body]).await;
    }
    let api = api.asked_by_customer(who).await;
    let query = "query($id: ID!) { customer(id: $id) { id } }";
    api.ask(query, json!({ "id": who })).await;
    api.ask(query, json!({ "id": "nobody" })).await;
    let noted = |hash: &str| {
        let log = LOG.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let log = String::from_utf8(log).unwrap();
        let lines = log.lines().filter(|line| line.contains(hash));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let before = noted(&hash(who)).len();
    api.ask(query, json!({ "id": whom })).await;
    let lines = noted(&hash(who));
    assert_eq!(lines.len(), before + 1, "{lines:?}");
    for line in lines {
        assert!(line.contains("authz.denied"), "{line}");
        assert!(line.contains(&hash(whom)), "{line}");
        assert!(!line.contains(&id.to_string()), "{line}");
    }
}

both_databases!(d26_who_asks_about_another_is_noted_and_neither_is_named);
