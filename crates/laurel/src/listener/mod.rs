//! The accept loop: HTTP/1.1 on hyper, with the deadlines and caps that `axum::serve` lacks.
//!
//! A connection that sends nothing, or its head too slowly, is closed at the header deadline; so is
//! one that idles between requests. An address holds a bounded share of the connections. Shutdown
//! lets requests under way finish, up to a deadline. Upgrades (to a WebSocket) keep their slot until
//! the socket itself is closed.
//!
//! With a certificate it speaks TLS 1.2 and 1.3; the handshake is part of the header deadline.
//!
//! It has no rate limit. Deadlines and sizes of bodies are the routes'.

mod caps;
mod connection;
mod host;
mod remainder;
mod slots;
mod socket;
pub mod tls;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::Accepted;
use self::slots::Slots;
use self::tls::Tls;

pub use self::caps::connections_allowed;

/// Deadlines and caps of one listener.
///
/// ```
/// use std::time::Duration;
///
/// use laurel::listener::Settings;
///
/// let settings = Settings { drain_deadline: Duration::from_secs(2), ..Settings::default() };
/// assert_eq!(settings.per_address, 512);
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// Connections open at a time, in all; further ones wait to be accepted.
    pub connections: usize,
    /// Connections open at a time from one IPv4 address or IPv6 /64; further ones are closed.
    pub per_address: usize,
    /// Time for the next request's head to arrive.
    pub header_deadline: Duration,
    /// Time a peer may go without reading what is sent to it.
    pub write_deadline: Duration,
    /// Time for requests under way to finish at shutdown.
    pub drain_deadline: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections: 4096,
            per_address: 512,
            header_deadline: Duration::from_secs(10),
            write_deadline: Duration::from_secs(30),
            drain_deadline: Duration::from_secs(10),
        }
    }
}

/// A port that is taken, and not answered on yet.
///
/// ```
/// # async fn example() -> std::io::Result<()> {
/// use axum::{Router, routing::get};
/// use laurel::listener::{Listener, Settings};
/// use tokio_util::sync::CancellationToken;
///
/// let listener = Listener::bind("127.0.0.1:0".parse().expect("an address")).await?;
/// println!("http://{}", listener.address());
/// let router = Router::new().route("/", get(|| async { "Hello.\n" }));
/// listener.serve(router, Settings::default(), CancellationToken::new()).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
}

impl Listener {
    /// Takes the port.
    ///
    /// # Errors
    ///
    /// The port is taken, or is not this machine's or this user's to have.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self {
            socket,
            address,
            tls: None,
        })
    }

    /// The same, encrypted.
    #[must_use]
    pub fn over(self, tls: Option<Tls>) -> Self {
        Self { tls, ..self }
    }

    /// The address and port it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests with `router` until `shutdown`; returns when the last connection is closed
    /// or the drain deadline has passed.
    pub async fn serve(self, router: Router, settings: Settings, shutdown: CancellationToken) {
        let slots = Slots::new(settings.connections, settings.per_address);
        let connections = TaskTracker::new();
        let hard_stop = CancellationToken::new();
        loop {
            let accepted = tokio::select! {
                () = shutdown.cancelled() => break,
                accepted = self.accept(&slots) => accepted,
            };
            let Some(accepted) = accepted else {
                continue;
            };
            let signals = connection::Signals {
                drain: shutdown.clone(),
                stop: hard_stop.clone(),
            };
            let task = connection::run(accepted, router.clone(), settings.clone(), signals);
            connections.spawn(task);
        }
        drop(self.socket);
        connections.close();
        // What was upgraded is no connection of ours any more, but holds its slot.
        let closed = async {
            connections.wait().await;
            slots.empty().await;
        };
        let drained = tokio::time::timeout(settings.drain_deadline, closed).await;
        if drained.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "stopped with requests unfinished"
            );
            hard_stop.cancel();
            connections.wait().await;
        }
    }

    /// The next connection that may be served; `None` where one was turned away.
    async fn accept(&self, slots: &Slots) -> Option<Accepted> {
        let room = slots.room().await;
        match self.socket.accept().await {
            Ok((stream, peer)) => {
                let slot = slots.take(room, peer.ip());
                if slot.is_none() {
                    metrics::counter!("laurel_connections_refused_total").increment(1);
                    tracing::debug!(peer.address = %peer.ip(), "too many connections from one address");
                }
                Some(Accepted {
                    stream,
                    peer,
                    slot: slot?,
                    tls: self.tls.as_ref().map(Tls::acceptor),
                })
            }
            Err(error) => {
                wait_out(&error).await;
                None
            }
        }
    }
}

/// A peer that hung up while it waited is its own business; out of descriptors or memory needs a
/// pause, or the loop would spin.
async fn wait_out(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    if !matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted
    ) {
        tracing::error!(%error, "cannot accept connections");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
