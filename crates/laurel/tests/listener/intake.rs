//! Intake behind the listener: what is answered before a body is read, and what becomes of the connection.

use std::sync::Arc;

use laurel::listener::Settings;
use laurel_ingest::{
    AllowList, BasicVerifier, HmacSettings, HmacVerifier, Intake, QueryVerifier, RateLimit,
    SignedTime, SourceSettings, TokenVerifier, Verifier, router,
};
use laurel_store::Source;
use laurel_testkit::TestDatabase;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::server::{SOON, Server, read_some, read_to_close};

const TOKEN: &str = "the-token";

fn source(name: &str, verifier: impl Verifier) -> SourceSettings {
    SourceSettings::new(Source::new(name).unwrap(), vec![Arc::new(verifier)])
}

/// Intake for a source of each kind, and one with a share of requests.
async fn serve(settings: laurel_ingest::Settings) -> (TestDatabase, Server) {
    let signed = HmacSettings {
        time: Some(SignedTime::new("x-time".parse().unwrap())),
        ..HmacSettings::new("x-signature".parse().unwrap())
    };
    let nowhere = AllowList::new(vec!["192.0.2.0/24".parse().unwrap()]);
    let limit = RateLimit {
        per_second: 1.try_into().unwrap(),
        burst: 2.try_into().unwrap(),
    };
    let sources = vec![
        source("token", TokenVerifier::new([TOKEN])),
        source("basic", BasicVerifier::new("user", [TOKEN])),
        source("query", QueryVerifier::new("token", [TOKEN])),
        source("signed", HmacVerifier::new(signed, [TOKEN])),
        SourceSettings {
            allow: Some(nowhere),
            ..source("elsewhere", TokenVerifier::new([TOKEN]))
        },
        SourceSettings {
            rate_limit: Some(limit),
            ..source("limited", TokenVerifier::new([TOKEN]))
        },
    ];
    let database = TestDatabase::sqlite().await;
    let intake = Intake::start(database.store.clone(), sources, settings);
    let server = Server::start(router(intake), Settings::default()).await;
    (database, server)
}

/// The head of a post of JSON; `more` are further headers, each with its line's end.
fn head(path: &str, length: usize, more: &str) -> String {
    format!(
        "POST /webhooks/{path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{more}\r\n"
    )
}

/// A webhook of this many bytes, like no other of its number.
fn body(number: usize, length: usize) -> String {
    let start = format!(r#"{{"event":"X","data":{{"n":{number},"a":""#);
    let fill = "a".repeat(length - start.len() - 3);
    format!("{start}{fill}\"}}}}")
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// The whole answer to a post on a connection that goes on.
async fn post(stream: &mut TcpStream, path: &str, body: &str) -> String {
    send(stream, &head(path, body.len(), "")).await;
    send(stream, body).await;
    read_some(stream).await
}

#[tokio::test]
async fn a32_what_can_be_refused_without_the_body_is_refused_before_100_continue() {
    let (database, server) = serve(laurel_ingest::Settings::default()).await;
    let now = database.store.clock().now().micros() / 1_000_000;
    let stale = format!("x-signature: 00\r\nx-time: {}\r\n", now - 600);
    for (path, more) in [
        ("token/wrong", ""),
        ("token", ""),
        ("nobody/wrong", ""),
        ("basic", "Authorization: Basic dXNlcjp3cm9uZw==\r\n"),
        ("query?token=wrong", ""),
        ("signed", ""),
        ("signed", &stale),
        ("signed", "x-signature: 00\r\nx-time: 1e12\r\n"),
        ("elsewhere/the-token", ""),
    ] {
        let mut stream = server.connect().await;
        let more = format!("Expect: 100-continue\r\n{more}");
        send(&mut stream, &head(path, 100, &more)).await;
        // Closed, for the body may or may not follow.
        let answer = read_to_close(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{path}: {answer}");
        assert!(answer.contains("\r\nx-request-id: "), "{path}: {answer}");
    }
}

#[tokio::test]
async fn a32_who_may_go_on_is_told_to() {
    let (database, server) = serve(laurel_ingest::Settings::default()).await;
    let time = database.store.clock().now().micros() / 1_000_000;
    let unproven = format!("x-signature: {}\r\nx-time: {time}\r\n", "00".repeat(32));
    let body = body(0, 100);
    for (path, more, status) in [("token/the-token", "", 200), ("signed", &unproven, 401)] {
        let mut stream = server.connect().await;
        let more = format!("Expect: 100-continue\r\nConnection: close\r\n{more}");
        send(&mut stream, &head(path, body.len(), &more)).await;
        let go_on = read_some(&mut stream).await;
        assert_eq!(go_on, "HTTP/1.1 100 Continue\r\n\r\n", "{path}");
        send(&mut stream, &body).await;
        let answer = read_to_close(&mut stream).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {answer}"
        );
    }
}

#[tokio::test]
async fn a_refusal_does_not_wait_for_the_body_and_the_connection_goes_on() {
    let (_database, server) = serve(laurel_ingest::Settings::default()).await;
    let mut stream = server.connect().await;
    let body = body(0, 200_000);
    send(&mut stream, &head("token/wrong", body.len(), "")).await;
    assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 401"));
    send(&mut stream, &body).await;
    let accepted = post(&mut stream, "token/the-token", &body).await;
    assert!(accepted.starts_with("HTTP/1.1 200"), "{accepted}");
}

#[tokio::test]
async fn a18_who_sends_too_much_reads_the_answer() {
    let (_database, server) = serve(laurel_ingest::Settings::default()).await;
    let too_large = body(0, 1_500_000);
    let chunked = format!("{:x}\r\n{too_large}\r\n0\r\n\r\n", too_large.len());
    let in_chunks = head("token/the-token", 0, "Transfer-Encoding: chunked\r\n");
    let in_chunks = in_chunks.replace("Content-Length: 0\r\n", "");
    for (head, body) in [
        (head("token/the-token", too_large.len(), ""), too_large),
        (in_chunks, chunked),
    ] {
        let mut stream = server.connect().await;
        send(&mut stream, &head).await;
        send(&mut stream, &body).await;
        let answer = read_to_close(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    }
}

#[tokio::test]
async fn a33_one_source_beyond_its_share_waits_and_others_do_not() {
    let (_database, server) = serve(laurel_ingest::Settings::default()).await;
    let mut stream = server.connect().await;
    // Strangers do not use up the share.
    for number in 0..20 {
        let refused = post(&mut stream, "limited/wrong", &body(number, 100)).await;
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    }
    let mut accepted = 0;
    let mut told = None;
    for number in 0..20 {
        let answer = post(&mut stream, "limited/the-token", &body(number, 100)).await;
        if answer.starts_with("HTTP/1.1 200") {
            accepted += 1;
        } else {
            assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
            told = Some(answer);
        }
        let other = post(&mut stream, "token/the-token", &body(number, 100)).await;
        assert!(other.starts_with("HTTP/1.1 200"), "{other}");
    }
    assert!((2..20).contains(&accepted), "{accepted}");
    let told = told.unwrap();
    assert!(told.contains("\r\nretry-after: 1\r\n"), "{told}");
    assert!(told.contains("application/problem+json"), "{told}");
    assert!(told.contains(r#""code":"rate_limited""#), "{told}");
}

#[tokio::test]
async fn slow_uploads_leave_room_for_webhooks_of_the_usual_size() {
    const LARGE: usize = 64 * 1024;
    let settings = laurel_ingest::Settings {
        max_body: LARGE,
        max_in_flight: 2 * LARGE,
        ..laurel_ingest::Settings::default()
    };
    let (_database, server) = serve(settings).await;
    let large = body(0, LARGE);
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = server.connect().await;
        send(&mut stream, &head("token/the-token", LARGE, "")).await;
        send(&mut stream, &large[..LARGE - 1]).await;
        slow.push(stream);
    }
    let mut stream = server.connect().await;
    let turned_away = async {
        loop {
            let answer = post(&mut stream, "token/the-token", &large).await;
            if answer.starts_with("HTTP/1.1 503") {
                return answer;
            }
        }
    };
    let answer = timeout(SOON, turned_away).await.expect("too much at once");
    assert!(answer.contains("\r\nretry-after: "), "{answer}");
    let usual = post(&mut stream, "token/the-token", &body(1, 1_500)).await;
    assert!(
        usual.starts_with("HTTP/1.1 200"),
        "on the same connection: {usual}"
    );
    drop(slow);
    let again = async {
        while !post(&mut stream, "token/the-token", &body(2, LARGE))
            .await
            .starts_with("HTTP/1.1 200")
        {}
    };
    timeout(SOON, again).await.expect("room again");
}
