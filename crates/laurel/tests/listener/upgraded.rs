//! Connections that have become sockets: no deadline of HTTP is theirs, but their slot is, and the drain.

use axum::Router;
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::WebSocket;
use axum::routing::get;
use laurel::listener::Settings;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::server::{SOON, Server, hello, read_some, read_to_close, short};

const HANDSHAKE: &[u8] =
    b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
/// A text of two letters, as a client frames it, with a mask of zeros; and as a server frames it.
const SAID: &[u8] = b"\x81\x82\0\0\0\0hi";
const HEARD: &str = "\u{fffd}\u{2}hi";

fn echo() -> Router {
    let answer = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(|mut socket: WebSocket| async move {
            while let Some(Ok(message)) = socket.recv().await {
                if socket.send(message).await.is_err() {
                    break;
                }
            }
        })
    };
    hello().route("/echo", get(answer))
}

async fn upgraded(server: &Server) -> TcpStream {
    let mut stream = server.connect().await;
    stream.write_all(HANDSHAKE).await.unwrap();
    let answer = read_some(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    stream
}

async fn echoes(stream: &mut TcpStream) {
    stream.write_all(SAID).await.unwrap();
    assert_eq!(read_some(stream).await, HEARD);
}

#[tokio::test]
async fn d34_an_upgraded_connection_outlives_the_deadlines_and_counts_for_its_address() {
    let settings = Settings {
        per_address: 1,
        ..short()
    };
    let end = Instant::now() + settings.header_deadline * 3;
    let server = Server::start(echo(), settings).await;
    let mut stream = upgraded(&server).await;
    while Instant::now() < end {
        echoes(&mut stream).await;
    }
    let mut second = server.connect().await;
    assert_eq!(
        read_to_close(&mut second).await,
        "",
        "the address has its share"
    );
}

#[tokio::test]
async fn the_drain_waits_for_what_was_upgraded() {
    let server = Server::start(echo(), Settings::default()).await;
    let mut stream = upgraded(&server).await;
    server.shutdown.cancel();
    echoes(&mut stream).await;
    assert!(!server.task.is_finished());
    drop(stream);
    timeout(SOON, server.task).await.expect("drained").unwrap();
}
