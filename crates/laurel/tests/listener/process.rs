//! `laurel` with a certificate, as a process of its own: what it does not start with, and SIGHUP.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::authority::{Authority, shown};
use crate::server::read_to_close;

/// Whatever a process is to do is done by then.
const PATIENCE: Duration = Duration::from_secs(30);

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn configure(authority: &Authority, port: u16) -> PathBuf {
    let (certificate, key) = authority.files();
    let folder = certificate.parent().unwrap();
    let config = format!(
        "database.url = \"sqlite://{}\"\nhttp.listen = \"127.0.0.1:{port}\"\nadmin.listen = \"127.0.0.1:{}\"\n\
         [http.tls]\ncertificate = \"{}\"\nkey = \"{}\"\n",
        folder.join("laurel.db").display(),
        free_port(),
        certificate.display(),
        key.display(),
    );
    let file = folder.join("laurel.toml");
    std::fs::write(&file, config).unwrap();
    file
}

fn laurel(config: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_laurel"));
    command.arg("--config").arg(config).args(arguments);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}

async fn run(config: &Path, arguments: &[&str]) -> Output {
    let output = laurel(config, arguments).output();
    timeout(PATIENCE, output)
        .await
        .expect("an end in time")
        .unwrap()
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_a_fault_of_the_configuration() {
    let authority = Authority::new();
    let config = configure(&authority, free_port());
    let (certificate, key) = authority.files();
    let (one, other) = (authority.issue(), authority.issue());
    let fails = async |expected: &str| {
        for arguments in [&["config", "check"][..], &["serve"]] {
            let output = run(&config, arguments).await;
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{said}");
            assert!(said.contains(expected), "{expected} in {said}");
        }
    };
    fails("http.tls.certificate: ").await;
    std::fs::write(&certificate, &one.certificate_pem).unwrap();
    fails("http.tls.key: ").await;
    std::fs::write(&key, "no key").unwrap();
    fails("http.tls.key: ").await;
    std::fs::write(&key, &other.key_pem).unwrap();
    fails("is not the key of the first certificate").await;
    std::fs::write(&key, &one.key_pem).unwrap();
    let output = run(&config, &["config", "check"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("`chmod 600 "), "others may read it: {said}");
}

/// Connects until `done`, while the process lives.
async fn connect_until(
    server: &mut Child,
    port: u16,
    authority: &Authority,
    done: impl Fn(&rustls::pki_types::CertificateDer<'_>) -> bool,
) {
    let shown = async {
        loop {
            assert_eq!(server.try_wait().unwrap(), None, "the server lives");
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await
                && let Ok(mut stream) = authority.connect(stream).await
                && done(&shown(&stream))
            {
                let get = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
                stream.write_all(get).await.unwrap();
                assert!(read_to_close(&mut stream).await.starts_with("HTTP/1.1 "));
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, shown).await.expect("in time");
}

#[tokio::test]
async fn a_new_certificate_is_used_at_sighup() {
    let authority = Authority::new();
    let port = free_port();
    let config = configure(&authority, port);
    let (old, new) = (authority.issue(), authority.issue());
    authority.install(&old);
    let mut server = laurel(&config, &["serve"]);
    let mut server = server.stderr(Stdio::null()).spawn().unwrap();
    connect_until(&mut server, port, &authority, |shown| {
        *shown == old.certificate
    })
    .await;
    authority.install(&new);
    let id = i32::try_from(server.id().unwrap()).unwrap();
    let id = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::HUP).unwrap();
    connect_until(&mut server, port, &authority, |shown| {
        *shown == new.certificate
    })
    .await;
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    let ended = timeout(PATIENCE, server.wait()).await.expect("an end");
    assert!(ended.unwrap().success());
}
