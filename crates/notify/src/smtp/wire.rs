//! `Wire`: a stream on which the relay speaks only when it is its turn.
//!
//! We never pipeline, so the relay owes exactly one reply to a command. A byte beyond that reply is
//! either text slipped in before TLS (it must not be read as if it came through TLS) or a reply to
//! something else, which would be taken for the answer to the *next* command. Both end the
//! connection: reading and writing fail from there.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufReader, ReadBuf};

/// The place of the byte that tells a reply's last line (`250 `) from one that goes on (`250-`).
const SEPARATOR: usize = 3;

/// As much as a relay may say before it is its turn to listen: a reply without end is none.
const LONGEST_REPLY: usize = 64 * 1024;

/// Hands the relay's replies on line by line, and refuses those that nobody asked for.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: BufReader<S>,
    peer: SocketAddr,
    /// Handed on before anything that the stream says.
    preface: &'static [u8],
    /// How much of the line that is being read has been handed on.
    column: usize,
    continues: bool,
    /// How much the relay has said since the last write.
    said: usize,
    /// Something was read since the last write.
    listened: bool,
}

impl<S: AsyncRead> Wire<S> {
    pub(super) fn new(stream: S, peer: SocketAddr) -> Self {
        Self {
            stream: BufReader::new(stream),
            peer,
            preface: b"",
            column: 0,
            continues: false,
            said: 0,
            listened: false,
        }
    }

    /// A wire whose relay has greeted already, for a client that waits to be greeted: after STARTTLS
    /// there is no second greeting (RFC 3207 §4.2), but lettre's connection reads one.
    pub(super) fn greeted(stream: S, peer: SocketAddr) -> Self {
        Self {
            preface: b"220 \r\n",
            ..Self::new(stream, peer)
        }
    }

    /// The stream below, once the relay has said all that it may say.
    pub(super) fn into_inner(self) -> io::Result<S> {
        if self.stream.buffer().is_empty() {
            Ok(self.stream.into_inner())
        } else {
            Err(out_of_turn())
        }
    }

    /// Keeps count of the line that `handed_on` is a piece of; whether it ends a reply.
    fn ends_reply(&mut self, handed_on: &[u8]) -> bool {
        if self.column <= SEPARATOR
            && let Some(byte) = handed_on.get(SEPARATOR - self.column)
        {
            self.continues = *byte == b'-';
        }
        self.column += handed_on.len();
        let line_ends = handed_on.ends_with(b"\n");
        if line_ends {
            self.column = 0;
        }
        line_ends && !self.continues
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin + Debug> AsyncTokioStream for Wire<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.preface.is_empty() {
            let (now, later) = this
                .preface
                .split_at(this.preface.len().min(out.remaining()));
            out.put_slice(now);
            this.preface = later;
            return Poll::Ready(Ok(()));
        }
        this.listened = true;
        let received = ready!(Pin::new(&mut this.stream).poll_fill_buf(cx))?;
        let line = received
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(received.len(), |end| end + 1);
        let piece = received[..line.min(out.remaining())].to_vec();
        let more = received.len() > piece.len();
        if this.ends_reply(&piece) && more {
            return Poll::Ready(Err(out_of_turn()));
        }
        this.said += piece.len();
        if this.said > LONGEST_REPLY {
            return Poll::Ready(Err(without_end()));
        }
        Pin::new(&mut this.stream).consume(piece.len());
        out.put_slice(&piece);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.listened {
            match Pin::new(&mut this.stream).poll_fill_buf(cx)? {
                Poll::Ready([]) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                Poll::Ready(_) => return Poll::Ready(Err(out_of_turn())),
                Poll::Pending => this.listened = false,
            }
        }
        this.said = 0;
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

fn without_end() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the relay's reply has no end")
}

fn out_of_turn() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the relay spoke out of turn")
}
