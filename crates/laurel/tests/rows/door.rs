//! A listener with intake behind it, and a client that sends whatever bytes a test makes up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use laurel::listener::{self, Listener};
use laurel_ingest::{Intake, SourceSettings, TokenVerifier};
use laurel_store::{EventFilter, EventRecord, PageRequest};
use laurel_testkit::TestDatabase;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Everything that is waited for has come by then, or the test has failed.
const SOON: Duration = Duration::from_secs(10);
pub(crate) const TOKEN: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";
pub(crate) const TIER: &str =
    r#"{"event":"TIER_UPGRADE","data":{"customer_id":"ana-0042","to_tier_id":"gold"}}"#;

pub(crate) struct Door {
    pub(crate) database: TestDatabase,
    address: SocketAddr,
    _shutdown: DropGuard,
}

/// One answer: its status, its head in lower case, and its body.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// `200 accepted`, `401 unauthorized`: the status and the code that comes with it.
    pub(crate) fn in_short(&self) -> String {
        let body: serde_json::Value = serde_json::from_str(&self.body).unwrap_or_default();
        let code = body.get("code").or_else(|| body.get("status"));
        let code = code.and_then(|code| code.as_str()).unwrap_or_default();
        format!("{} {code}", self.status).trim_end().to_owned()
    }
}

impl Door {
    /// One that waits a second for whatever does not come.
    pub(crate) async fn open(database: TestDatabase) -> Self {
        let intake = laurel_ingest::Settings {
            body_deadline: Duration::from_secs(1),
            ..laurel_ingest::Settings::default()
        };
        let listener = listener::Settings {
            header_deadline: Duration::from_secs(1),
            ..listener::Settings::default()
        };
        Self::with(database, intake, listener).await
    }

    pub(crate) async fn with(
        database: TestDatabase,
        intake: laurel_ingest::Settings,
        settings: listener::Settings,
    ) -> Self {
        let token = Arc::new(TokenVerifier::new([TOKEN]));
        let source = SourceSettings::new(database.source(), vec![token]);
        let intake = Intake::start(database.store.clone(), vec![source], intake);
        let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = listener.address();
        let shutdown = CancellationToken::new();
        tokio::spawn(listener.serve(laurel_ingest::router(intake), settings, shutdown.clone()));
        Self {
            database,
            address,
            _shutdown: shutdown.drop_guard(),
        }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        let connected = timeout(SOON, TcpStream::connect(self.address)).await;
        connected.expect("in time").unwrap()
    }

    /// All that is answered to these bytes, until the server closes.
    pub(crate) async fn send(&self, bytes: impl AsRef<[u8]>) -> Vec<Answer> {
        let mut stream = self.connect().await;
        // A server that refuses may close before it has read everything.
        let _ = stream.write_all(bytes.as_ref()).await;
        read_answers(&mut stream).await
    }

    /// The one answer to these bytes, in short; `closed` where there is none.
    pub(crate) async fn ask(&self, bytes: impl AsRef<[u8]>) -> String {
        match self.send(bytes).await.as_slice() {
            [] => "closed".to_owned(),
            [answer] => answer.in_short(),
            several => panic!("one request, several answers: {several:?}"),
        }
    }

    /// Every event in the log, oldest first.
    pub(crate) async fn log(&self) -> Vec<EventRecord> {
        let scope = self.database.store.scope(&self.database.source());
        let page = PageRequest::first(1_000);
        let mut events = scope
            .events(&EventFilter::default(), &page)
            .await
            .unwrap()
            .items;
        events.reverse();
        events
    }

    pub(crate) async fn assert_nothing_was_stored(&self) {
        assert_eq!(self.log().await, []);
    }
}

/// Reads until the connection is closed.
pub(crate) async fn read_answers(stream: &mut TcpStream) -> Vec<Answer> {
    let mut bytes = Vec::new();
    // A reset is an end, too.
    let _ = timeout(SOON, stream.read_to_end(&mut bytes))
        .await
        .expect("closed in time");
    answers(&bytes)
}

fn answers(mut bytes: &[u8]) -> Vec<Answer> {
    let mut answers = Vec::new();
    while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.split("content-length: ").nth(1);
        let length = length.map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
        let (body, rest) = bytes[end + 4..]
            .split_at_checked(length)
            .unwrap_or_default();
        answers.push(Answer {
            status,
            head,
            body: String::from_utf8_lossy(body).into_owned(),
        });
        bytes = rest;
    }
    answers
}

/// A webhook as Masivo posts it.
pub(crate) fn hook(body: &str) -> String {
    post(&format!("Content-Length: {}\r\n", body.len()), body)
}

/// A webhook with these headers for its body, each with its line end.
pub(crate) fn post(headers: &str, body: &str) -> String {
    request(
        &format!("POST /webhooks/masivo/{TOKEN} HTTP/1.1"),
        headers,
        body,
    )
}

/// A request with a host and a type, and the connection's last.
pub(crate) fn request(line: &str, headers: &str, body: &str) -> String {
    let usual = "Host: laurel\r\nConnection: close\r\nContent-Type: application/json\r\n";
    format!("{line}\r\n{usual}{headers}\r\n{body}")
}

/// The same request, after which others may follow.
pub(crate) fn kept_alive(request: &str) -> String {
    request.replacen("Connection: close\r\n", "", 1)
}
