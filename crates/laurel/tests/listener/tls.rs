//! TLS: what is spoken, and who is given up.

use std::sync::Arc;
use std::time::Duration;

use laurel::listener::Settings;
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::authority::{Authority, localhost};
use crate::server::{SOON, Server, hello, read_some, read_to_close, short};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

async fn server(authority: &Authority, settings: Settings) -> Server {
    authority.install(&authority.issue());
    Server::over(Some(authority.open().0), hello(), settings).await
}

#[tokio::test]
async fn tls_1_2_and_1_3_carry_http_1_1() {
    let authority = Authority::new();
    let server = server(&authority, Settings::default()).await;
    for version in [&TLS12, &TLS13] {
        for offered in [&[][..], &["http/1.1"], &["h2", "http/1.1"]] {
            let client = authority.client(&[version], offered);
            let stream = server.connect().await;
            let mut stream = client.connect(localhost(), stream).await.unwrap();
            let (_, session) = stream.get_ref();
            assert_eq!(session.protocol_version(), Some(version.version));
            let chosen = (!offered.is_empty()).then_some(&b"http/1.1"[..]);
            assert_eq!(session.alpn_protocol(), chosen);
            stream.write_all(GET).await.unwrap();
            let answer = read_to_close(&mut stream).await;
            assert!(
                answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"),
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn a31_http_2_is_not_offered() {
    let authority = Authority::new();
    let server = server(&authority, Settings::default()).await;
    let client = authority.client(rustls::ALL_VERSIONS, &["h2"]);
    let refused = client.connect(localhost(), server.connect().await).await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn who_does_not_shake_hands_is_closed_and_leaves_room() {
    let authority = Authority::new();
    let one = Settings {
        connections: 1,
        ..short()
    };
    let server = server(&authority, one).await;
    let log = Arc::new(tempfile::NamedTempFile::new().unwrap());
    let subscriber = tracing_subscriber::fmt().with_writer(Arc::clone(&log));
    // With one subscriber alone, tracing asks only the thread that is first at a line whether anybody wants it, and the
    // thread of another test says no for all.
    let _another = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let _logging = tracing::subscriber::set_default(subscriber.finish());
    // The beginning of a handshake: a record of 512 bytes, of which these are the first.
    let half = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    for bytes in [&b""[..], half, GET, &[0; 64]] {
        let mut stream = server.connect().await;
        stream.write_all(bytes).await.unwrap();
        let answer = read_to_close(&mut stream).await;
        assert!(!answer.contains("HTTP/"), "{answer}");
    }
    let mut stream = authority.connect(server.connect().await).await.unwrap();
    stream.write_all(GET).await.unwrap();
    assert!(read_to_close(&mut stream).await.starts_with("HTTP/1.1 200"));
    let said = std::fs::read_to_string(log.path()).unwrap();
    assert_eq!(said, "", "strangers do not fill the log");
}

#[tokio::test]
async fn a_handshake_that_trickles_in_is_closed_at_the_deadline() {
    let authority = Authority::new();
    let server = server(&authority, short()).await;
    let (mut reader, mut writer) = server.connect().await.into_split();
    let trickle = tokio::spawn(async move {
        // A record of 16 KiB, which is looked at when it is whole.
        writer.write_all(b"\x16\x03\x01\x40\x00").await.unwrap();
        let mut every = tokio::time::interval(Duration::from_millis(20));
        while writer.write_all(b"a").await.is_ok() {
            every.tick().await;
        }
    });
    assert_eq!(read_to_close(&mut reader).await, "");
    timeout(SOON, trickle)
        .await
        .expect("the writer notices")
        .unwrap();
}

#[tokio::test]
async fn deadlines_hold_behind_the_handshake() {
    let authority = Authority::new();
    let server = server(&authority, short()).await;
    for bytes in [&b""[..], b"GET / HTTP/1.1\r\nHost:"] {
        let mut stream = authority.connect(server.connect().await).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let answer = read_to_close(&mut stream).await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // One request, and then nothing more.
    let mut stream = authority.connect(server.connect().await).await.unwrap();
    let asked = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    assert!(read_to_close(&mut stream).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn shutdown_waits_for_no_handshake() {
    let authority = Authority::new();
    let patient = Settings {
        header_deadline: Duration::from_hours(1),
        drain_deadline: Duration::from_hours(1),
        ..Settings::default()
    };
    let server = server(&authority, patient).await;
    let silent = server.connect().await;
    let mut idle = authority.connect(server.connect().await).await.unwrap();
    let asked = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    idle.write_all(asked).await.unwrap();
    assert!(read_some(&mut idle).await.starts_with("HTTP/1.1 200"));
    server.shutdown.cancel();
    timeout(SOON, server.task).await.expect("drained").unwrap();
    drop(silent);
}
