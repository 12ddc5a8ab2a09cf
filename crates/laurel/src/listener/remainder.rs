//! What becomes of a body that nobody reads to its end.
//!
//! A connection that is closed while the rest of a body is on its way is reset, and the answer lost with it. So the
//! rest is read and dropped, for a while: the sender reads the answer, and may go on with the connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long the rest is waited for.
const LINGER: Duration = Duration::from_secs(2);
/// How much of it is read.
const MOST: usize = 1024 * 1024;

/// A request's body, whose rest is seen to when it is dropped.
pub(super) struct Attended {
    /// None at its end.
    body: Option<Incoming>,
    /// Whether its sender waits to be told to go on, which asking for the body does.
    waits: bool,
}

impl Attended {
    pub(super) fn new(headers: &HeaderMap, body: Incoming) -> Self {
        let expects = headers.get(EXPECT);
        Self {
            body: Some(body),
            waits: expects
                .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue")),
        }
    }
}

impl Body for Attended {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.waits = false;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.body.as_ref();
        body.map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Attended {
    fn drop(&mut self) {
        if self.waits || self.is_end_stream() {
            return;
        }
        if let (Some(body), Ok(runtime)) = (self.body.take(), Handle::try_current()) {
            runtime.spawn(timeout(LINGER, drain(body)));
        }
    }
}

async fn drain(mut body: Incoming) {
    let mut read = 0;
    while let Some(Ok(frame)) = body.frame().await
        && read < MOST
    {
        read += frame.data_ref().map_or(0, Bytes::len);
    }
}
