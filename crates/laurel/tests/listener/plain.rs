//! Plain HTTP, over raw sockets: rows A18 to A26 of the hostile inputs that are the listener's business.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use laurel::listener::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::server::{SOON, Server, hello, read_some, read_to_close, short};

#[tokio::test]
async fn a_handler_knows_its_peer() {
    let server = Server::start(hello(), Settings::default()).await;
    let answer = server
        .exchange(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed() {
    let server = Server::start(hello(), short()).await;
    let mut stream = server.connect().await;
    assert_eq!(read_to_close(&mut stream).await, "");
}

#[tokio::test]
async fn a_head_that_trickles_in_is_closed_at_the_deadline() {
    let server = Server::start(hello(), short()).await;
    let (mut reader, mut writer) = server.connect().await.into_split();
    let trickle = tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_millis(20));
        loop {
            every.tick().await;
            if writer.write_all(b"a").await.is_err() {
                return;
            }
        }
    });
    let mut answer = Vec::new();
    let read = timeout(SOON, reader.read_to_end(&mut answer))
        .await
        .expect("closed in time");
    assert!(read.is_err() || !answer.starts_with(b"HTTP/1.1 200"));
    timeout(SOON, trickle)
        .await
        .expect("the writer notices")
        .unwrap();
}

#[tokio::test]
async fn a_connection_that_idles_between_requests_is_closed() {
    let server = Server::start(hello(), short()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let answer = read_to_close(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn an_address_holds_no_more_than_its_share() {
    let server = Server::start(
        hello(),
        Settings {
            per_address: 2,
            ..Settings::default()
        },
    )
    .await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for stream in [&mut first, &mut second] {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        assert!(read_some(stream).await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!(
        server.exchange(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await,
        ""
    );
}

#[tokio::test]
async fn beyond_the_cap_in_all_a_connection_waits_for_room() {
    let server = Server::start(
        hello(),
        Settings {
            connections: 1,
            ..short()
        },
    )
    .await;
    let mut silent = server.connect().await;
    let answer = server
        .exchange(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(read_to_close(&mut silent).await, "");
}

#[tokio::test]
async fn oversized_heads_and_bad_bytes_are_refused_without_a_panic() {
    let server = Server::start(hello(), Settings::default()).await;
    let many = "X-A: b\r\n".repeat(101);
    let long = "a".repeat(500 * 1024);
    let cases = [
        (
            format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").into_bytes(),
            "HTTP/1.1 431",
        ),
        (
            format!("GET / HTTP/1.1\r\nHost: x\r\nX-A: {long}\r\n\r\n").into_bytes(),
            "HTTP/1.1 431",
        ),
        (
            format!(
                "GET /{} HTTP/1.1\r\nHost: x\r\n\r\n",
                "a".repeat(100 * 1024)
            )
            .into_bytes(),
            "HTTP/1.1 414",
        ),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nX-A: \x01\r\n\r\n".to_vec(),
            "HTTP/1.1 400",
        ),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nX-A: \xff\xfe\r\nConnection: close\r\n\r\n".to_vec(),
            "HTTP/1.1 200",
        ),
    ];
    for (bytes, expected) in cases {
        let answer = server.exchange(&bytes).await;
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        assert!(
            answer.starts_with(expected),
            "{head}: {}",
            answer.lines().next().unwrap_or("closed")
        );
    }
}

#[tokio::test]
async fn a_peer_that_stops_reading_is_given_up() {
    let big = Router::new().route("/", get(|| async { vec![0_u8; 64 * 1024 * 1024] }));
    let server = Server::start(
        big,
        Settings {
            write_deadline: Duration::from_millis(150),
            ..Settings::default()
        },
    )
    .await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    // Drain completes only once the connection is gone: its deadline is far beyond the test's.
    server.shutdown.cancel();
    timeout(SOON, server.task)
        .await
        .expect("given up in time")
        .unwrap();
}

#[tokio::test]
async fn a_body_that_nobody_reads_costs_neither_the_answer_nor_the_connection() {
    let server = Server::start(hello(), Settings::default()).await;
    let mut stream = server.connect().await;
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n";
    stream.write_all(head).await.unwrap();
    assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 405"));
    stream.write_all(&vec![b'a'; 300_000]).await.unwrap();
    let asked = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 200"));
}

/// A route that reports when it is entered and answers when told.
fn slow() -> (Router, mpsc::UnboundedReceiver<()>, CancellationToken) {
    let (entered, enters) = mpsc::unbounded_channel();
    let release = CancellationToken::new();
    let gate = release.clone();
    let handler = move || async move {
        entered.send(()).unwrap();
        gate.cancelled().await;
        StatusCode::NO_CONTENT
    };
    (Router::new().route("/", get(handler)), enters, release)
}

#[tokio::test]
async fn shutdown_lets_a_request_finish_and_takes_no_new_one() {
    let (router, mut enters, release) = slow();
    let server = Server::start(router, Settings::default()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    timeout(SOON, enters.recv())
        .await
        .expect("the handler runs")
        .unwrap();
    server.shutdown.cancel();
    release.cancel();
    assert!(read_to_close(&mut stream).await.starts_with("HTTP/1.1 204"));
    timeout(SOON, server.task).await.expect("drained").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn shutdown_stops_hard_at_the_drain_deadline() {
    let (router, mut enters, _release) = slow();
    let server = Server::start(
        router,
        Settings {
            drain_deadline: Duration::from_millis(100),
            ..Settings::default()
        },
    )
    .await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    timeout(SOON, enters.recv())
        .await
        .expect("the handler runs")
        .unwrap();
    server.shutdown.cancel();
    timeout(SOON, server.task).await.expect("stopped").unwrap();
    assert_eq!(read_to_close(&mut stream).await, "");
}

#[tokio::test]
async fn shutdown_closes_connections_that_idle() {
    let server = Server::start(hello(), Settings::default()).await;
    let mut stream = server.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    read_some(&mut stream).await;
    server.shutdown.cancel();
    timeout(SOON, server.task).await.expect("drained").unwrap();
}
