//! A mail relay that does what a test tells it, right or wrong, on a free port of this machine.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A reply that is none: the relay says nothing more, and keeps the connection.
pub(crate) const SILENCE: &str = "(silence)";
/// A reply that is none: the relay hangs up.
pub(crate) const HANG_UP: &str = "(hang up)";

/// A reply that never ends: a byte now and then.
pub(crate) const DRIP: &str = "(drip)";
/// A reply whose line never ends, as fast as it is taken.
pub(crate) const FLOOD: &str = "(flood)";

/// What the relay says at each step; the step's name is the command, `greeting`, `.` for the whole
/// message, or `EHLO/TLS` for the EHLO that comes after STARTTLS.
pub(crate) type Script = &'static [(&'static str, &'static str)];

const POLITE: Script = &[
    ("greeting", "220 relay.test"),
    ("EHLO", "250-relay.test\r\n250 SIZE 1000000"),
    ("RSET", "250 forgotten"),
    ("MAIL", "250 sender taken"),
    ("RCPT", "250 recipient taken"),
    ("DATA", "354 go on"),
    (".", "250 queued as 1"),
    ("AUTH", "235 welcome"),
    ("QUIT", "221 bye"),
];

pub(crate) struct FakeRelay {
    pub(crate) address: SocketAddr,
    heard: Log,
    taken: Log,
    accepting: tokio::task::JoinHandle<()>,
}

impl Drop for FakeRelay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl FakeRelay {
    /// A relay that is polite but for what `script` says.
    pub(crate) async fn start(script: Script) -> Self {
        Self::start_tls(script, None).await
    }

    /// The same, with TLS after STARTTLS.
    pub(crate) async fn start_tls(script: Script, tls: Option<ServerConfig>) -> Self {
        Self::start_faulty(script, &[], false, tls).await
    }

    /// A relay that follows `script`, and in its first session `fault`, too. `takes` says whether a message to whose end
    /// it replies with that fault is one that it has taken.
    pub(crate) async fn start_faulty(
        script: Script,
        fault: &[(&'static str, &'static str)],
        takes: bool,
        tls: Option<ServerConfig>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, kept) = (Log::default(), Log::default());
        let script: HashMap<_, _> = POLITE.iter().chain(script).copied().collect();
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let mut party = Party {
            script: script.clone(),
            takes: takes || fault.iter().all(|(step, _)| *step != "."),
            heard: Arc::clone(&heard),
            taken: Arc::clone(&kept),
            tls,
        };
        party.script.extend(fault.iter().copied());
        let polite = Party {
            script,
            takes: true,
            ..party.clone()
        };
        let accepting = tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let party = std::mem::replace(&mut party, polite.clone());
                sessions.spawn(async move { party.serve(stream).await });
            }
        });
        Self {
            address,
            heard,
            taken: kept,
            accepting,
        }
    }

    /// The Message-ID of every message that was taken, as often as it was.
    pub(crate) fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    /// Every line that any client sent, message lines and connections included.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How often a line that starts with `verb` was heard.
    pub(crate) fn count(&self, verb: &str) -> usize {
        self.heard()
            .iter()
            .filter(|line| line.starts_with(verb))
            .count()
    }
}

type Log = Arc<Mutex<Vec<String>>>;

#[derive(Clone)]
struct Party {
    script: HashMap<&'static str, &'static str>,
    /// Whether a message is taken whatever is replied to its end.
    takes: bool,
    heard: Log,
    taken: Log,
    tls: Option<TlsAcceptor>,
}

impl Party {
    async fn serve(&self, stream: TcpStream) -> Option<()> {
        stream.set_nodelay(true).unwrap();
        self.hear("(connection)");
        let mut plain = BufReader::new(stream);
        self.say(&mut plain, "greeting").await?;
        self.converse(&mut plain, "EHLO").await?;
        // Only STARTTLS ends a conversation with `Some`.
        let acceptor = self.tls.as_ref()?;
        let encrypted = acceptor.accept(plain.into_inner()).await.ok()?;
        self.hear("(encrypted)");
        self.converse(&mut BufReader::new(encrypted), "EHLO/TLS")
            .await
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut BufReader<S>,
        ehlo: &str,
    ) -> Option<()> {
        loop {
            let line = self.listen(stream).await?;
            let verb = line.split(' ').next().unwrap_or_default();
            let step = if verb == "EHLO" && self.script.contains_key(ehlo) {
                ehlo
            } else {
                verb
            };
            self.say(stream, step).await?;
            match verb {
                "STARTTLS" => return Some(()),
                "DATA" if self.script["DATA"].starts_with("354") => {
                    let mut message_id = None;
                    loop {
                        let line = self.listen(stream).await?;
                        if line == "." {
                            break;
                        }
                        let id = line.strip_prefix("Message-ID: ").map(str::to_owned);
                        message_id = message_id.or(id);
                    }
                    if self.takes {
                        self.taken.lock().unwrap().extend(message_id);
                    }
                    self.say(stream, ".").await?;
                }
                _ => {}
            }
        }
    }

    async fn listen<S: AsyncRead + Unpin>(&self, stream: &mut BufReader<S>) -> Option<String> {
        let mut line = String::new();
        let read = stream.read_line(&mut line).await.ok()?;
        self.hear(line.trim_end());
        (read > 0).then(|| line.trim_end().to_owned())
    }

    async fn say<S: AsyncWrite + Unpin>(&self, stream: &mut S, step: &str) -> Option<()> {
        match *self.script.get(step).unwrap_or(&"502 what?") {
            SILENCE => std::future::pending().await,
            HANG_UP => None,
            DRIP => loop {
                stream.write_all(b"2").await.ok()?;
                stream.flush().await.ok()?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            },
            FLOOD => loop {
                stream.write_all(&[b'2'; 8192]).await.ok()?;
            },
            reply => stream
                .write_all(format!("{reply}\r\n").as_bytes())
                .await
                .ok(),
        }
    }

    fn hear(&self, line: &str) {
        self.heard.lock().unwrap().push(line.to_owned());
    }
}
