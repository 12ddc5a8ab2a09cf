//! What a sender is told when it is not known whether its event was stored, and what is stored for one that went away.

use std::time::Duration;

use laurel_testkit::{TestDatabase, run};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::aftermath::{events, store};
use crate::child::{MASIVO, Server, bearer, webhook};
use crate::proxy::{Fate, Proxy};

const ROUNDS: usize = 10;

mod postgres {
    use super::run;

    #[test]
    fn an_unknown_commit_is_answered_503_and_the_retry_is_a_duplicate() {
        run(super::the_wire_is_cut(super::Fate::CutAfter, "duplicate"));
    }

    #[test]
    fn a_commit_that_never_arrives_is_answered_503_and_the_retry_is_stored() {
        run(super::the_wire_is_cut(super::Fate::CutBefore, "accepted"));
    }

    #[test]
    fn the_event_of_a_client_that_goes_away_during_the_commit_is_stored_once() {
        run(super::the_client_goes_away());
    }
}

/// A server that only receives, by a wire.
async fn receiver() -> (TestDatabase, Proxy, Server) {
    let database = TestDatabase::postgres().await;
    let proxy = Proxy::to(&database.url).await;
    let server = Server::with(proxy.url(), "ingest", "").await;
    (database, proxy, server)
}

fn body(number: usize) -> Vec<u8> {
    format!(r#"{{"event":"X","data":{{"customer_id":"c{number}"}}}}"#).into_bytes()
}

async fn the_wire_is_cut(fate: Fate, then: &str) {
    let (database, proxy, server) = receiver().await;
    for round in 0..ROUNDS {
        let body = body(round);
        let mut commit = proxy.hold(&body);
        let (answer, ()) = tokio::join!(server.post(&body), async {
            commit.is_on_its_way().await;
            commit.meet(fate);
        });
        answer.expect("an answer").assert_told_to_come_again();
        let (retry, _) = server.post_until_acknowledged(&body).await;
        assert_eq!(retry, then, "round {round}");
    }
    let events = events(&store(&database.url).await, MASIVO).await;
    assert_eq!(events.len(), ROUNDS);
}

async fn the_client_goes_away() {
    let (database, proxy, server) = receiver().await;
    let store = store(&database.url).await;
    for round in 0..ROUNDS {
        let body = body(round);
        let mut commit = proxy.hold(&body);
        let mut client = TcpStream::connect(server.http).await.expect("a server");
        let request = webhook(MASIVO, &bearer(), &body);
        client.write_all(&request).await.expect("a request sent");
        commit.is_on_its_way().await;
        drop(client);
        commit.meet(Fate::Pass);
        // It is stored for nobody; only then is the retry sure to come second.
        while events(&store, MASIVO).await.len() == round {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let (retry, _) = server.post_until_acknowledged(&body).await;
        assert_eq!(retry, "duplicate", "round {round}");
    }
    let events = events(&store, MASIVO).await;
    assert_eq!(events.len(), ROUNDS);
    assert!(events.iter().all(|event| event.delivery_count == 2));
}
