//! One kept connection: posts a body, and reads as much of the answer as tells where the next begins.

use std::io;
use std::net::SocketAddr;

use anyhow::Context as _;
use ring::hmac;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Door;

pub(crate) struct Connection {
    server: SocketAddr,
    stream: TcpStream,
    key: hmac::Key,
    head: String,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(server: SocketAddr, door: &Door) -> anyhow::Result<Self> {
        Self::with(server, door.path, door.secret, "").await
    }

    /// One that asks instead, with a key.
    pub(crate) async fn asking(server: SocketAddr, path: &str, key: &str) -> anyhow::Result<Self> {
        let credentials = format!("authorization: Bearer {key}\r\n");
        Self::with(server, path, "", &credentials).await
    }

    async fn with(
        server: SocketAddr,
        path: &str,
        secret: &str,
        more: &str,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            server,
            stream: connect(server).await?,
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            head: format!(
                "POST {path} HTTP/1.1\r\nhost: laurel\r\ncontent-type: application/json\r\n{more}x-signature: "
            ),
            request: Vec::new(),
            answer: Vec::with_capacity(4096),
        })
    }

    pub(super) async fn reopen(&mut self) -> anyhow::Result<()> {
        self.stream = connect(self.server).await?;
        Ok(())
    }

    /// The status that `body` is answered with.
    pub(crate) async fn post(&mut self, body: &[u8]) -> io::Result<u16> {
        self.request.clear();
        self.request.extend_from_slice(self.head.as_bytes());
        let signature = hex::encode(hmac::sign(&self.key, body));
        self.request.extend_from_slice(signature.as_bytes());
        let length = format!("\r\ncontent-length: {}\r\n\r\n", body.len());
        self.request.extend_from_slice(length.as_bytes());
        self.request.extend_from_slice(body);
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(status) = complete(&self.answer) {
                return Ok(status);
            }
        }
    }
}

async fn connect(server: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(server)
        .await
        .with_context(|| format!("cannot connect to {server}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The status of an answer that is all there. Each of the servers says how long its answer is.
pub(crate) fn complete(answer: &[u8]) -> Option<u16> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(Some(0), |(_, length)| length.trim().parse().ok())?;
    (answer.len() >= end + 4 + length).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::complete;

    #[test]
    fn an_answer_is_complete_with_its_last_byte() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(complete(answer), Some(200));
        assert_eq!(complete(&answer[..answer.len() - 1]), None);
        assert_eq!(complete(b"HTTP/1.1 503 No\r\n"), None);
    }
}
