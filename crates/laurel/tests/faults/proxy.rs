//! The wire between Laurel and PostgreSQL, which can be held, or cut, at the worst of moments.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

pub(crate) struct Proxy {
    database: String,
    next: Arc<Mutex<Option<Order>>>,
}

/// What becomes of a write that was held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Fate {
    Pass,
    /// The connection is cut before the server hears of it.
    CutBefore,
    /// The connection is cut when the server has done it, before Laurel hears of that.
    CutAfter,
}

struct Order {
    write: Vec<u8>,
    reached: oneshot::Sender<()>,
    fate: oneshot::Receiver<Fate>,
}

/// A write, wherever it is.
pub(crate) struct Write {
    reached: oneshot::Receiver<()>,
    fate: oneshot::Sender<Fate>,
}

impl Proxy {
    /// A wire to the server of this database.
    pub(crate) async fn to(database: &str) -> Self {
        let (role, place) = database.rsplit_once('@').expect("a role");
        let (server, name) = place.split_once('/').expect("a database");
        let server: SocketAddr = server.parse().expect("an address");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let next = Arc::default();
        tokio::spawn(accept(listener, server, Arc::clone(&next)));
        Self {
            database: format!("{role}@{address}/{name}?sslmode=disable"),
            next,
        }
    }

    /// The address of the database by way of the wire.
    pub(crate) fn url(&self) -> &str {
        &self.database
    }

    /// Has the write that carries these bytes wait for its fate. It is a statement of its own, which commits itself.
    pub(crate) fn hold(&self, write: &[u8]) -> Write {
        let (reached, is_reached) = oneshot::channel();
        let (fate, told) = oneshot::channel();
        let order = Order {
            write: write.to_vec(),
            reached,
            fate: told,
        };
        *self.next.lock().expect("no panic while it is held") = Some(order);
        Write {
            reached: is_reached,
            fate,
        }
    }
}

impl Write {
    /// Waits until Laurel has sent it.
    pub(crate) async fn is_on_its_way(&mut self) {
        let reached = &mut self.reached;
        reached.await.expect("a wire that was not cut");
    }

    pub(crate) fn meet(self, fate: Fate) {
        self.fate.send(fate).expect("a write that is held");
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, next: Arc<Mutex<Option<Order>>>) {
    while let Ok((laurel, _)) = listener.accept().await {
        let next = Arc::clone(&next);
        tokio::spawn(async move {
            let server = TcpStream::connect(server).await?;
            carry(laurel, server, &next).await
        });
    }
}

/// Carries bytes both ways, until one side has no more.
async fn carry(
    mut laurel: TcpStream,
    mut server: TcpStream,
    next: &Mutex<Option<Order>>,
) -> io::Result<()> {
    laurel.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asked, mut answered) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        tokio::select! {
            length = laurel.read(&mut asked) => {
                let asked = &asked[..length?];
                let fate = fate_of(asked, next).await;
                if asked.is_empty() || fate == Fate::CutBefore {
                    return Ok(());
                }
                server.write_all(asked).await?;
                if fate == Fate::CutAfter {
                    // What it answers is for nobody: its coming tells that it is done.
                    return server.read(&mut answered).await.map(drop);
                }
            }
            length = server.read(&mut answered) => {
                let answered = &answered[..length?];
                if answered.is_empty() {
                    return Ok(());
                }
                laurel.write_all(answered).await?;
            }
        }
    }
}

async fn fate_of(asked: &[u8], next: &Mutex<Option<Order>>) -> Fate {
    let carries = |order: &mut Order| {
        asked
            .windows(order.write.len())
            .any(|bytes| bytes == order.write)
    };
    let order = next
        .lock()
        .expect("no panic while it is held")
        .take_if(carries);
    let Some(order) = order else {
        return Fate::Pass;
    };
    order.reached.send(()).ok();
    order.fate.await.unwrap_or(Fate::Pass)
}
