//! Load: so many connections that post bodies as fast as they are answered, or at a rate of their own.

mod body;
mod connection;
mod report;

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::{JoinSet, LocalSet};
use tokio::time::Instant;

pub(crate) use self::body::Bodies;
pub(crate) use self::connection::{Connection, complete};
pub(crate) use self::report::Report;

/// How long the last answers are waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is posted, where, and how.
#[derive(Clone)]
pub(crate) struct Load {
    /// Who answers.
    pub(crate) server: SocketAddr,
    /// The path and the headers that let the posts in.
    pub(crate) door: Door,
    /// Connections, each with one request at a time.
    pub(crate) connections: usize,
    /// The size of a body, in bytes.
    pub(crate) size: usize,
    /// Posts in a second, however fast they are answered (an open loop); as many as are answered unless set (a closed
    /// one).
    pub(crate) rate: Option<f64>,
    /// For how long.
    pub(crate) time: Duration,
    /// Ends sooner, once so many are answered.
    pub(crate) most: Option<u64>,
}

/// How a post is let in.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) path: &'static str,
    /// The secret of the HMAC-SHA256 over the body, in hexadecimal in the header `x-signature`.
    pub(crate) secret: &'static str,
}

/// Posts until the time is over, and reports what came of it. On one thread: the other is the server's.
pub(crate) fn run(load: &Load, bodies: &Bodies) -> anyhow::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, drive(load, bodies))
}

async fn drive(load: &Load, bodies: &Bodies) -> anyhow::Result<Report> {
    let mut idle = Vec::with_capacity(load.connections);
    for _ in 0..load.connections {
        idle.push(Connection::open(load.server, &load.door).await?);
    }
    let began = Instant::now();
    let turns = Rc::new(Turns {
        began,
        until: began + load.time,
        rate: load.rate,
        left: load.most.unwrap_or(u64::MAX).into(),
        next: 0.into(),
    });
    let mut posting = JoinSet::new();
    for mut connection in idle {
        let (turns, mut bodies) = (Rc::clone(&turns), bodies.of(load.size));
        posting.spawn_local(async move {
            let mut report = Report::default();
            while let Some(due) = turns.next() {
                tokio::time::sleep_until(due).await;
                let answered = tokio::time::timeout(PATIENCE, connection.post(bodies.next())).await;
                if let Ok(Ok(status)) = answered {
                    report.answered(status, due.elapsed());
                } else {
                    report.broken();
                    connection.reopen().await?;
                }
            }
            anyhow::Ok(report)
        });
    }
    let mut whole = Report::default();
    while let Some(part) = posting.join_next().await {
        whole.add(&part??);
    }
    whole.took(began.elapsed());
    Ok(whole)
}

/// When the posts are due: each connection takes the next.
struct Turns {
    began: Instant,
    until: Instant,
    rate: Option<f64>,
    left: std::cell::Cell<u64>,
    next: std::cell::Cell<u64>,
}

impl Turns {
    fn next(&self) -> Option<Instant> {
        let left = self.left.get().checked_sub(1)?;
        let turn = self.next.get();
        let due = match self.rate {
            #[expect(clippy::cast_precision_loss, reason = "turns are far below 2^53")]
            Some(rate) => self.began + Duration::from_secs_f64(turn as f64 / rate),
            None => Instant::now(),
        };
        if due >= self.until {
            return None;
        }
        self.left.set(left);
        self.next.set(turn + 1);
        Some(due)
    }
}
