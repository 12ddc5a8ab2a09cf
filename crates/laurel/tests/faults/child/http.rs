//! One request, one connection, one answer: nothing that could hide what a server does.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Bounds one exchange with a server that may be gone.
const EXCHANGE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Head and body.
    pub(crate) text: String,
}

impl Answer {
    fn read(bytes: &[u8]) -> io::Result<Self> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let status = text
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3));
        match status.and_then(|status| status.parse().ok()) {
            Some(status) => Ok(Self { status, text }),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    pub(crate) fn json(&self) -> Value {
        let (_, body) = self.text.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).unwrap_or_else(|_| panic!("JSON in {}", self.text))
    }

    /// Status and id of a webhook that was taken.
    pub(crate) fn taken(&self) -> (String, String) {
        assert_eq!(self.status, 200, "{}", self.text);
        let json = self.json();
        let text = |key: &str| json[key].as_str().expect("a text").to_owned();
        (text("status"), text("id"))
    }

    pub(crate) fn assert_told_to_come_again(&self) {
        assert_eq!(self.status, 503, "{}", self.text);
        assert!(
            self.text.to_lowercase().contains("\r\nretry-after: "),
            "{}",
            self.text
        );
    }
}

/// A webhook for a source, with the header lines that vouch for it.
pub(crate) fn webhook(source: &str, credentials: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /webhooks/{source} HTTP/1.1\r\nHost: laurel\r\n{credentials}\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: laurel\r\nConnection: close\r\n\r\n");
    exchange(address, request.as_bytes()).await
}

pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Answer::read(&answer)
    };
    let answered = timeout(EXCHANGE, exchange).await;
    answered.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
