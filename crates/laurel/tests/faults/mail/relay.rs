//! A relay that takes everything, remembers it, and can be told to stop short at a step.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

pub(super) struct Relay {
    pub(super) address: SocketAddr,
    state: Arc<State>,
    accepting: JoinHandle<()>,
}

#[derive(Default)]
struct State {
    /// How often each Message-ID was taken.
    taken: Mutex<HashMap<String, usize>>,
    open: AtomicUsize,
    most_open: AtomicUsize,
    trap: Mutex<Option<Arc<Trap>>>,
    begun: AtomicUsize,
}

/// A step at which the next session that comes to it is held.
pub(super) struct Trap {
    step: &'static str,
    sprung: Notify,
    released: Semaphore,
}

impl Trap {
    /// Waits until a session has come to the step.
    pub(super) async fn sprung(&self) {
        self.sprung.notified().await;
    }

    /// Lets the session go on.
    pub(super) fn release(&self) {
        self.released.add_permits(1);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Relay {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::<State>::default();
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                sessions.spawn(async move {
                    let open = state.open.fetch_add(1, Ordering::SeqCst) + 1;
                    state.most_open.fetch_max(open, Ordering::SeqCst);
                    // However a session ends, it has.
                    state.serve(stream).await.ok();
                    state.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self {
            address,
            state,
            accepting,
        }
    }

    /// Holds the next session that comes to a step: `EHLO`, `MAIL`, `RCPT`, `DATA`, `.` (the message is taken, and the
    /// reply held back) or `250` (it has been replied to).
    pub(super) fn trap(&self, step: &'static str) -> Arc<Trap> {
        let trap = Arc::new(Trap {
            step,
            sprung: Notify::new(),
            released: Semaphore::new(0),
        });
        *self.state.trap.lock().expect("a lock") = Some(Arc::clone(&trap));
        trap
    }

    pub(super) fn taken(&self) -> HashMap<String, usize> {
        self.state.taken.lock().expect("a lock").clone()
    }

    /// The most connections that were open at a time.
    pub(super) fn most_open(&self) -> usize {
        self.state.most_open.load(Ordering::SeqCst)
    }

    /// How many transactions were begun.
    pub(super) fn begun(&self) -> usize {
        self.state.begun.load(Ordering::SeqCst)
    }
}

impl State {
    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 relay.test\r\n").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let verb = line.split_whitespace().next().unwrap_or_default();
            let reply: &[u8] = match verb {
                "MAIL" => {
                    self.begun.fetch_add(1, Ordering::SeqCst);
                    b"250 ok\r\n"
                }
                "DATA" => b"354 go on\r\n",
                "QUIT" => return stream.write_all(b"221 bye\r\n").await,
                _ => b"250 ok\r\n",
            };
            self.hold(verb).await;
            stream.write_all(reply).await?;
            if verb == "DATA" {
                self.take(&mut stream).await?;
                self.hold(".").await;
                stream.write_all(b"250 2.0.0 queued as 1\r\n").await?;
                self.hold("250").await;
            }
        }
    }

    async fn take(&self, stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
        let mut message_id = None;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            if line == ".\r\n" {
                break;
            }
            let id = line.strip_prefix("Message-ID: ");
            message_id = message_id.or(id.map(|id| id.trim_end().to_owned()));
        }
        let id = message_id.expect("every message has one");
        *self.taken.lock().expect("a lock").entry(id).or_default() += 1;
        Ok(())
    }

    async fn hold(&self, step: &str) {
        let trap = {
            let mut trap = self.trap.lock().expect("a lock");
            trap.take_if(|trap| trap.step == step)
        };
        if let Some(trap) = trap {
            trap.sprung.notify_one();
            drop(trap.released.acquire().await);
        }
    }
}
