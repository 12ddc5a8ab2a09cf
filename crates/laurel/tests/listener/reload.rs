//! A new certificate without a restart: new connections are shown it, those under way go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use laurel::listener::Settings;
use laurel::listener::tls::Keeper;
use metrics_exporter_prometheus::PrometheusBuilder;
use rustls::pki_types::CertificateDer;
use tokio::io::AsyncWriteExt;

use crate::authority::{Authority, shown};
use crate::server::{Server, hello, read_some};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

async fn shown_by(server: &Server, authority: &Authority) -> CertificateDer<'static> {
    shown(&authority.connect(server.connect().await).await.unwrap())
}

/// Looks once, and returns what is measured then.
fn look(keeper: &mut Keeper) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || keeper.look());
    recorder.handle().render()
}

#[tokio::test]
async fn a_new_pair_is_for_new_connections_and_the_old_ones_go_on() {
    let authority = Authority::new();
    let (old, new) = (authority.issue(), authority.issue_until(3000));
    authority.install(&old);
    let (tls, mut keeper) = authority.open();
    let server = Server::over(Some(tls), hello(), Settings::default()).await;
    let mut under_way = authority.connect(server.connect().await).await.unwrap();
    assert_eq!(shown(&under_way), old.certificate);
    assert_eq!(look(&mut keeper), "", "nothing new, nothing to tell");

    authority.install(&new);
    let measured = look(&mut keeper);
    assert!(
        measured.contains("laurel_tls_certificate_expires_seconds 32503680000"),
        "{measured}"
    );
    assert_eq!(shown_by(&server, &authority).await, new.certificate);
    under_way.write_all(GET).await.unwrap();
    assert!(read_some(&mut under_way).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_pair_that_cannot_be_used_changes_nothing_and_shows() {
    let authority = Authority::new();
    let (old, new) = (authority.issue(), authority.issue());
    authority.install(&old);
    let (tls, mut keeper) = authority.open();
    let server = Server::over(Some(tls), hello(), Settings::default()).await;
    let (certificate, key) = authority.files();
    let failing = "laurel_tls_reload_failing 1";
    for broken in ["", "-----BEGIN CERTIFICATE-----\n", &new.certificate_pem] {
        std::fs::write(&certificate, broken).unwrap();
        assert!(look(&mut keeper).contains(failing), "{broken}");
        assert_eq!(look(&mut keeper), "", "a fault is told once");
        assert_eq!(shown_by(&server, &authority).await, old.certificate);
    }
    std::fs::remove_file(&key).unwrap();
    assert!(look(&mut keeper).contains(failing));
    assert_eq!(look(&mut keeper), "");
    assert_eq!(shown_by(&server, &authority).await, old.certificate);

    std::fs::write(&key, &new.key_pem).unwrap();
    assert!(look(&mut keeper).contains("laurel_tls_reload_failing 0"));
    assert_eq!(shown_by(&server, &authority).await, new.certificate);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_certificates_change() {
    const CHANGES: usize = 10;
    let authority = Arc::new(Authority::new());
    authority.install(&authority.issue());
    let (tls, mut keeper) = authority.open();
    let server = Arc::new(Server::over(Some(tls), hello(), Settings::default()).await);
    let done = Arc::new(AtomicBool::new(false));
    let clients = (0..4).map(|_| {
        let (server, authority, done) = (server.clone(), authority.clone(), done.clone());
        tokio::spawn(async move {
            let mut requests = 0;
            while !done.load(Ordering::Acquire) {
                let stream = server.connect().await;
                let mut stream = authority.connect(stream).await.unwrap();
                stream.write_all(GET).await.unwrap();
                assert!(read_some(&mut stream).await.starts_with("HTTP/1.1 200"));
                requests += 1;
            }
            requests
        })
    });
    let clients: Vec<_> = clients.collect();
    for _ in 0..CHANGES {
        let issued = authority.issue();
        authority.install(&issued);
        keeper.look();
        assert_eq!(shown_by(&server, &authority).await, issued.certificate);
    }
    done.store(true, Ordering::Release);
    for client in clients {
        assert!(client.await.unwrap() > 0);
    }
}

#[tokio::test]
async fn what_the_operator_should_know_is_told_once() {
    let authority = Authority::new();
    authority.install(&authority.issue_until(2020));
    let (_, mut keeper) = authority.open();
    let log = Arc::new(tempfile::NamedTempFile::new().unwrap());
    let subscriber = tracing_subscriber::fmt().with_writer(Arc::clone(&log));
    // See `tls::who_does_not_shake_hands_is_closed_and_leaves_room`.
    let _another = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    tracing::subscriber::with_default(subscriber.finish(), || {
        keeper.look();
        keeper.look();
        std::fs::write(authority.files().1, "no key").unwrap();
        keeper.look();
        keeper.look();
    });
    let said = std::fs::read_to_string(log.path()).unwrap();
    let times = |wanted: &str| said.lines().filter(|line| line.contains(wanted)).count();
    assert_eq!(
        times("the certificate ends soon, or has ended"),
        1,
        "{said}"
    );
    assert_eq!(times("the new certificate cannot be used"), 1, "{said}");
    assert_eq!(said.lines().count(), 2, "{said}");
}
