//! Mail, while the server is killed at every step of sending, sleeps past its lease, or has very much to send: every
//! change goes out, under one Message-ID, and too often only where it was killed between the relay's word and its own note.

mod relay;

use std::collections::HashSet;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use laurel_testkit::{TestDatabase, both_databases, run_for};
use serde_json::json;

use self::relay::Relay;
use crate::child::{Server, eventually};
use crate::dose::{dose, limit};

both_databases!(within a_while: e16_a_worker_that_is_killed_at_any_step_loses_no_mail, e24_very_many_changes_at_once_are_mailed_once_each);

mod postgres_alone {
    use super::{Duration, run_for};

    #[test]
    fn postgres_e15_a_worker_that_slept_past_its_lease_begins_nothing() {
        run_for(Duration::from_mins(3), super::asleep("RCPT", 2));
    }

    #[test]
    fn postgres_e15_a_worker_that_slept_before_it_began_sends_nothing() {
        run_for(Duration::from_mins(3), super::asleep("EHLO", 1));
    }
}

const CONNECTIONS: usize = 2;
/// Changes for each kill.
const EACH: usize = 4;

fn upgrades() -> usize {
    dose("LAUREL_TEST_UPGRADES", 300)
}

fn a_while() -> Duration {
    limit(upgrades(), Duration::from_millis(50))
}

/// A server that mails through `relay`.
async fn mailing(database: &TestDatabase, relay: &Relay) -> Server {
    let email = format!(
        r#"{{ transport = "smtp", from = "club@example.com", settle = "0s", smtp = {{ url = "smtp://{}?tls=none", connections = {CONNECTIONS} }} }}"#,
        relay.address
    );
    Server::mailing(&database.url, &email).await
}

/// Customers with these numbers enter, and rise.
async fn rise(server: &Server, numbers: std::ops::Range<usize>) {
    let bodies = numbers.flat_map(|number| {
        let id = format!("c{number}");
        let profile = json!({ "id": id, "name": "Ana", "email": format!("{id}@example.com"), "status": "ACTIVE" });
        let change = json!({ "customer_id": id, "from_tier_id": "b", "from_tier_name": "Bronze", "from_tier_level": 1,
            "to_tier_id": "s", "to_tier_name": "Silver", "to_tier_level": 2 });
        [
            json!({ "event": "CUSTOMER_REGISTRATION", "data": { "customer_id": id, "customer": profile } }),
            json!({ "event": "TIER_UPGRADE", "data": change }),
        ]
    });
    let posts = stream::iter(bodies).map(async |body| {
        server
            .post_until_acknowledged(body.to_string().as_bytes())
            .await;
    });
    posts.buffer_unordered(6).collect::<()>().await;
}

async fn e16_a_worker_that_is_killed_at_any_step_loses_no_mail(database: TestDatabase) {
    const STEPS: [&str; 6] = ["EHLO", "MAIL", "RCPT", "DATA", ".", "250"];
    let relay = Relay::start().await;
    let server = mailing(&database, &relay).await;
    for (number, step) in STEPS.into_iter().enumerate() {
        let trap = relay.trap(step);
        tokio::join!(rise(&server, number * EACH..(number + 1) * EACH), async {
            trap.sprung().await;
            server.kill_and_restart().await;
        });
    }
    let all = STEPS.len() * EACH;
    eventually("every mail", async || relay.taken().len() >= all).await;
    server.stop().await;
    let taken = relay.taken();
    assert_eq!(taken.len(), all, "one Message-ID for each change");
    let too_many: usize = taken.values().map(|copies| copies - 1).sum();
    // Two kills fell between the relay's having it and our noting that, with a message on each connection.
    assert!(too_many <= 2 * CONNECTIONS, "{taken:?}");
    assert!(taken.values().all(|copies| *copies <= 3), "{taken:?}");
}

async fn e24_very_many_changes_at_once_are_mailed_once_each(database: TestDatabase) {
    let relay = Relay::start().await;
    let server = mailing(&database, &relay).await;
    rise(&server, 0..upgrades()).await;
    let sent = async || relay.taken().len() >= upgrades();
    while !sent().await {
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    server.stop().await;
    let taken = relay.taken();
    assert_eq!(taken.len(), upgrades());
    assert!(taken.values().all(|copies| *copies == 1), "{taken:?}");
    assert!(relay.most_open() <= CONNECTIONS, "{}", relay.most_open());
}

/// A copy is stopped at a step for longer than its lease lasts. Another one sends the mail; then the first wakes up.
async fn asleep(step: &'static str, transactions: usize) {
    let database = TestDatabase::postgres().await;
    let relay = Relay::start().await;
    let one = mailing(&database, &relay).await;
    let trap = relay.trap(step);
    rise(&one, 0..1).await;
    trap.sprung().await;
    one.suspend().await;
    let other = mailing(&database, &relay).await;
    eventually("the mail", async || relay.taken().len() == 1).await;
    one.resume().await;
    trap.release();
    // What the first one does now it does before this one: it has the connections to do it.
    rise(&one, 1..2).await;
    eventually("another mail", async || relay.taken().len() == 2).await;
    one.stop().await;
    other.stop().await;
    assert_eq!(relay.begun(), transactions + 1);
    let copies: HashSet<_> = relay.taken().into_values().collect();
    assert!(
        copies.iter().all(|copies| *copies <= transactions),
        "{copies:?}"
    );
}
