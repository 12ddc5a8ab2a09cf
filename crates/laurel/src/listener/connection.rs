//! One connection, from accept to close.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::remainder::Attended;
use super::slots::Slot;
use super::socket::Socket;
use super::{Settings, host};

/// The longest head, in bytes.
const LONGEST_HEAD: usize = 128 * 1024;

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
        let router = router.clone();
        async move {
            if !host::is_named(request.version(), request.headers()) {
                return Ok(host::refusal());
            }
            request.extensions_mut().insert(ConnectInfo(peer));
            let (head, body) = request.into_parts();
            let body = Body::new(Attended::new(&head.headers, body));
            router.oneshot(hyper::Request::from_parts(head, body)).await
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(settings.header_deadline)
        .max_buf_size(LONGEST_HEAD)
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
