//! A connection's stream, as hyper reads and writes it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::slots::Slot;

/// What is read at once. hyper reads more and more ahead of those who send much: a few hundred of them would hold a
/// hundred megabytes.
const GULP: usize = 16 * 1024;

/// The stream with its slot, so that a connection counts as long as its socket is open, upgraded or
/// not; a peer that stops reading is given up.
pub(super) struct Socket<S> {
    stream: TokioIo<InGulps<S>>,
    write_deadline: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    _slot: Slot,
}

impl<S> Socket<S> {
    pub(super) fn new(stream: S, slot: Slot, write_deadline: Duration) -> Self {
        Self {
            stream: TokioIo::new(InGulps(stream)),
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

/// A stream that is read a little at a time.
struct InGulps<S>(S);

impl<S: AsyncRead + Unpin> AsyncRead for InGulps<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let most = buffer.remaining().min(GULP);
        let mut gulp = ReadBuf::new(buffer.initialize_unfilled_to(most));
        let read = Pin::new(&mut self.0).poll_read(cx, &mut gulp);
        let length = gulp.filled().len();
        buffer.advance(length);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for InGulps<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, parts)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    #[tokio::test]
    async fn what_comes_is_read_a_little_at_a_time_and_all_of_it() {
        let sent: Vec<u8> = (0..=u8::MAX).cycle().take(3 * GULP + 1).collect();
        let mut stream = InGulps(sent.as_slice());
        let (mut buffer, mut read, mut gulps) = (vec![0; 10 * GULP], Vec::new(), Vec::new());
        loop {
            let length = stream.read(&mut buffer).await.unwrap();
            if length == 0 {
                break;
            }
            gulps.push(length);
            read.extend_from_slice(&buffer[..length]);
        }
        assert_eq!(gulps, [GULP, GULP, GULP, 1]);
        assert_eq!(read, sent);
    }
}
