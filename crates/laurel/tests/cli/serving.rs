//! A server, and commands beside it.

use laurel_testkit::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::place::{Place, free_port};
use crate::{LIMIT, TOKEN};

#[tokio::test]
async fn commands_work_beside_a_server_and_a_second_server_does_not() {
    let place = Place::new();
    let mut server = place.serve().await;
    let (code, said) = place.refusal(&["serve"]).await;
    assert_eq!(code, 2, "the port is taken: {said}");
    let second = place
        .command(&["serve"])
        .env("LAUREL__HTTP__LISTEN", format!("127.0.0.1:{}", free_port()))
        .env(
            "LAUREL__ADMIN__LISTEN",
            format!("127.0.0.1:{}", free_port()),
        )
        .output();
    let second = timeout(LIMIT, second).await.unwrap().unwrap();
    assert_eq!(second.status.code(), Some(3));
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("another server is using this database")
    );

    let to = format!("http://127.0.0.1:{}/webhooks/masivo", place.http);
    let simulate = [
        "simulate",
        "--to",
        &to,
        "--token",
        TOKEN,
        "--events",
        "60",
        "--duplicates",
        "0.2",
        "--seed",
        "5",
    ];
    let posted = place.answer(&simulate).await;
    assert!(
        posted.contains(": 60 accepted, ") && !posted.contains(" 0 duplicate"),
        "{posted}"
    );
    let again = place.answer(&simulate).await;
    assert!(
        again.contains(": 0 accepted, ") && again.contains(" 0 quarantined"),
        "{again}"
    );

    let replayed = place.answer(&["replay", "history"]).await;
    assert!(
        replayed.starts_with("history was handed the whole log again"),
        "{replayed}"
    );
    assert!(
        place
            .answer(&["replay", "--quarantined"])
            .await
            .starts_with("0 quarantined events were accepted")
    );
    assert_eq!(place.answer(&["dead-letters"]).await, "");
    assert_eq!(place.refusal(&["replay", "nobody"]).await.0, 4);
    assert_eq!(
        place
            .refusal(&["dead-letters", "replay", "--subscriber", "nobody"])
            .await
            .0,
        4
    );
    server.kill().await.unwrap();
}

#[tokio::test]
async fn what_is_quarantined_is_listed_without_its_body() {
    let place = Place::new();
    let _server = place.serve().await;
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    let post = "POST /webhooks/masivo";
    for body in [
        r#"{"event":"TIER_UPGRADE","data":{"customer_id":"ana","to_tier_level":1e400}}"#,
        r#"{"event":"X","data":{"secret":1,"secret":2}}"#,
        r#"{"event":"\u001b[31m","data":"secret"}"#,
        r#"{"event":"X","data":{"customer_id":"fine"}}"#,
    ] {
        let answer = exchange(place.http, post, &headers, body).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let listed = place.answer(&["quarantined"]).await;
    let lines: Vec<_> = listed.lines().collect();
    let told = [
        "  masivo  TIER_UPGRADE  number_range at data.to_tier_level  75 bytes  ",
        "  masivo  X  duplicate_key at data.secret  44 bytes  ",
        "  masivo  \\u{1b}[31m  no_data at data  ",
    ];
    assert_eq!(lines.len(), told.len(), "{listed}");
    for (line, told) in lines.iter().zip(told) {
        assert!(line.contains(told), "{line}");
    }
}

#[tokio::test]
async fn a_server_ends_well_when_it_is_told_to_and_lets_go_of_its_database() {
    let place = Place::new();
    for _ in 0..2 {
        let mut server = place.serve().await;
        let id = server.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(timeout(LIMIT, told).await.unwrap().unwrap().success());
        assert!(
            timeout(LIMIT, server.wait())
                .await
                .expect("an end in time")
                .unwrap()
                .success()
        );
    }
}

#[tokio::test]
async fn a_server_refuses_strangers_and_answers_its_operator() {
    let place = Place::new();
    let _server = place.serve().await;
    let to = format!("http://127.0.0.1:{}/webhooks/masivo", place.http);
    let (code, said) = place
        .refusal(&["simulate", "--to", &to, "--token", "wrong", "--events", "1"])
        .await;
    assert_eq!(code, 1);
    assert!(said.contains("401"), "{said}");
    for (path, expected) in [
        ("livez", "alive"),
        ("readyz", "ready"),
        ("metrics", "laurel_webhooks_refused_total"),
    ] {
        let answer = exchange(place.admin, &format!("GET /{path}"), "", "").await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains(expected),
            "{answer}"
        );
    }
}

pub(crate) async fn exchange(port: u16, request: &str, headers: &str, body: &str) -> String {
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let request = format!(
            "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    timeout(LIMIT, exchange).await.expect("an answer in time")
}

#[tokio::test]
async fn each_role_does_its_part_over_one_postgres() {
    let database = TestDatabase::postgres().await;
    let place = Place::new().on(&database.url);
    let (intake, _ingest) = place.serve_role("ingest").await;
    let (questions, _api) = place.serve_role("api").await;
    let (silent, _worker) = place.serve_role("worker").await;
    assert!(
        TcpStream::connect(("127.0.0.1", silent)).await.is_err(),
        "a worker has no public port"
    );

    let key = place
        .answer(&["keys", "create", "--source", "masivo"])
        .await;
    let headers = format!(
        "Authorization: Bearer {}\r\nContent-Type: application/json\r\n",
        key.trim()
    );
    let question =
        r#"{"query":"{ customers(first: 1) { totalCount nodes { history { totalCount } } } }"}"#;
    let elsewhere = exchange(intake, "POST /graphql", &headers, question).await;
    assert!(elsewhere.starts_with("HTTP/1.1 404"), "{elsewhere}");

    let simulate = |port: u16| {
        let to = format!("http://127.0.0.1:{port}/webhooks/masivo");
        ["simulate", "--to", &to, "--token", TOKEN, "--events", "20"].map(str::to_owned)
    };
    let [to_api, to_intake] = [simulate(questions), simulate(intake)];
    assert_eq!(
        place
            .refusal(&to_api.each_ref().map(String::as_str))
            .await
            .0,
        1
    );
    place
        .answer(&to_intake.each_ref().map(String::as_str))
        .await;
    let answered = async {
        while exchange(questions, "POST /graphql", &headers, question)
            .await
            .contains("\"nodes\":[]")
        {}
    };
    timeout(LIMIT, answered)
        .await
        .expect("the worker to have worked");
}
