//! A listener on a port of its own, and what comes back from it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use laurel::listener::tls::Tls;
use laurel::listener::{Listener, Settings};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub(crate) const SOON: Duration = Duration::from_secs(5);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(router: Router, settings: Settings) -> Self {
        Self::over(None, router, settings).await
    }

    pub(crate) async fn over(tls: Option<Tls>, router: Router, settings: Settings) -> Self {
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let listener = listener.over(tls);
        let address = listener.address();
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(listener.serve(router, settings, shutdown.clone()));
        Self {
            address,
            shutdown,
            task,
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        timeout(SOON, TcpStream::connect(self.address))
            .await
            .expect("in time")
            .unwrap()
    }

    /// What comes back for these bytes until the server closes the connection.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // A server that refuses may close before it has read everything.
        let _ = stream.write_all(bytes).await;
        read_to_close(&mut stream).await
    }
}

pub(crate) async fn read_to_close(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    match timeout(SOON, stream.read_to_end(&mut answer))
        .await
        .expect("closed in time")
    {
        Ok(_) => {}
        // A deadline ends a connection without a farewell, which is an error to TLS.
        Err(error) => assert!(
            matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof
            ),
            "{error}"
        ),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

pub(crate) async fn read_some(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = vec![0; 4096];
    let length = timeout(SOON, stream.read(&mut answer))
        .await
        .expect("answered in time")
        .unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

pub(crate) fn hello() -> Router {
    Router::new().route(
        "/",
        get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }),
    )
}

pub(crate) fn short() -> Settings {
    Settings {
        header_deadline: Duration::from_millis(150),
        ..Settings::default()
    }
}
