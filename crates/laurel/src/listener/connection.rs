//! One connection, from accept to close.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::Settings;
use super::slots::Slot;

/// The most that is read ahead of a connection: a longer head is refused, and a body comes in pieces of this size at
/// most.
const READ_AHEAD: usize = 128 * 1024;

/// A connection that may be served.
pub(super) struct Accepted {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) slot: Slot,
    /// None: it speaks plain HTTP.
    pub(super) tls: Option<TlsAcceptor>,
}

/// What ends a connection from our side.
pub(super) struct Signals {
    /// Finish the request under way and close.
    pub(super) drain: CancellationToken,
    /// Close now.
    pub(super) stop: CancellationToken,
}

pub(super) async fn run(
    accepted: Accepted,
    router: Router,
    mut settings: Settings,
    signals: Signals,
) {
    let Accepted {
        stream,
        peer,
        slot,
        tls,
    } = accepted;
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection was gone before it was served");
        return;
    }
    let Some(tls) = tls else {
        return serve(stream, slot, peer, router, settings, signals).await;
    };
    let begun = Instant::now();
    if let Some(stream) = shake_hands(&tls, stream, &settings, &signals).await {
        // The first request has what the handshake left of the time to the end of its head.
        settings.header_deadline = settings.header_deadline.saturating_sub(begun.elapsed());
        serve(stream, slot, peer, router, settings, signals).await;
    }
}

/// The encrypted stream; none where the peer speaks something else, or nothing, or not in time.
async fn shake_hands(
    tls: &TlsAcceptor,
    stream: TcpStream,
    settings: &Settings,
    signals: &Signals,
) -> Option<TlsStream<TcpStream>> {
    let handshake = timeout(settings.header_deadline, tls.accept(stream));
    let shaken = tokio::select! {
        shaken = handshake => shaken,
        () = signals.drain.cancelled() => return None,
    };
    match shaken.map_err(io::Error::from).flatten() {
        Ok(stream) => Some(stream),
        Err(error) => {
            metrics::counter!("laurel_tls_handshakes_failed_total").increment(1);
            tracing::debug!(%error, "no handshake");
            None
        }
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    slot: Slot,
    peer: SocketAddr,
    router: Router,
    settings: Settings,
    signals: Signals,
) {
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_deadline)
        .max_buf_size(READ_AHEAD)
        .serve_connection(Socket::new(stream, slot, settings.write_deadline), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = signals.stop.cancelled() => return,
        () = signals.drain.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                served = connection.as_mut() => served,
                () = signals.stop.cancelled() => return,
            }
        }
    };
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The stream with its slot, so that a connection counts as long as its socket is open, upgraded or
/// not; a peer that stops reading is given up.
struct Socket<S> {
    stream: TokioIo<S>,
    write_deadline: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    _slot: Slot,
}

impl<S> Socket<S> {
    fn new(stream: S, slot: Slot, write_deadline: Duration) -> Self {
        Self {
            stream: TokioIo::new(stream),
            write_deadline,
            stalled: None,
            _slot: slot,
        }
    }

    /// Passes on what a write came to; a write that waits starts, or meets, the deadline.
    fn watch<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let deadline = self.write_deadline;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(deadline)));
        stalled
            .as_mut()
            .poll(cx)
            .map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> Read for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> Write for Socket<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.watch(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.watch(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let ended = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.watch(cx, ended)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.watch(cx, written)
    }
}
