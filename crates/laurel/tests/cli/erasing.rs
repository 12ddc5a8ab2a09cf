//! A customer who is erased beside a running server, by a process of its own.

use laurel_testkit::in_files;
use tokio::time::timeout;

use crate::place::Place;
use crate::serving::exchange;
use crate::{LIMIT, TOKEN};

const PLANTED: [&str; 2] = ["Quixotica", "quixotica@example.com"];

#[tokio::test]
async fn a_customer_is_erased_beside_a_server_that_goes_on() {
    let place = Place::new();
    let mut server = place.serve().await;
    let to = format!("http://127.0.0.1:{}/webhooks/masivo", place.http);
    let simulate = ["simulate", "--to", &to, "--token", TOKEN, "--events", "200"];
    place.answer(&simulate).await;
    let [name, email] = PLANTED;
    let body = format!(
        r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"q-1","customer":{{"name":"{name}","email":"{email}"}}}}}}"#
    );
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    let answer = exchange(place.http, "POST /webhooks/masivo", &headers, &body).await;
    assert!(answer.contains("\"accepted\""), "{answer}");
    until_known(&place, name).await;
    assert!(!in_files(place.path(), &PLANTED).is_empty());

    let (code, said) = place
        .refusal(&["erase", "--source", "masivo", "--customer", "q-1"])
        .await;
    assert_eq!(code, 2, "nobody can be asked: {said}");
    let erase = |source, customer| ["erase", "--source", source, "--customer", customer, "--yes"];
    assert_eq!(place.refusal(&erase("masivo", "nobody")).await.0, 4);
    assert_eq!(place.refusal(&erase("other", "q-1")).await.0, 4);
    let erased = place.answer(&erase("masivo", "q-1")).await;
    assert_eq!(erased, "q-1: 1 events redacted, 0 messages taken back\n");
    let none: [&str; 0] = [];
    assert_eq!(in_files(place.path(), &PLANTED), none);
    assert!(
        place
            .answer(&erase("masivo", "q-1"))
            .await
            .starts_with("q-1: 0 events")
    );

    let audit = place.answer(&["audit", "--source", "masivo"]).await;
    let lines: Vec<Vec<&str>> = audit
        .lines()
        .map(|line| line.split("  ").skip(1).collect())
        .collect();
    let deed = |target, outcome| vec!["masivo", "cli", "erase_customer", target, outcome];
    assert_eq!(
        lines,
        [
            deed("unknown", "not_found"),
            deed("q-1", "done"),
            deed("q-1", "done")
        ]
    );
    place.answer(&simulate).await;
    server.kill().await.unwrap();
}

/// Waits until the server has handled the registration.
async fn until_known(place: &Place, name: &str) {
    let key = place
        .answer(&["keys", "create", "--source", "masivo"])
        .await;
    let headers = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/json\r\n",
        key.trim()
    );
    let question = r#"{"query":"{ customer(id: \"q-1\") { name } }"}"#;
    let known = async {
        while !exchange(place.http, "POST /graphql", &headers, question)
            .await
            .contains(name)
        {}
    };
    timeout(LIMIT, known).await.expect("the customer in time");
}
