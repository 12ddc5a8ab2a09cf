//! Asks a GraphQL server over connections that stay open, each question about another customer.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};

use super::data::People;
use super::questions::Depth;
use super::report::Taken;
use crate::contenders::Server;
use crate::load::complete;
use crate::processes::{processor_time, resident_memory};

/// Who is asked, as whom, and what.
pub(super) struct Asker {
    head: String,
    bodies: Vec<String>,
}

impl Asker {
    /// Asks with a text and the variables of each question.
    pub(super) fn new(
        server: &Server,
        key: Option<&str>,
        query: &str,
        variables: Vec<Value>,
    ) -> Self {
        let authorization = key.map_or(String::new(), |key| {
            format!("authorization: Bearer {key}\r\n")
        });
        let bodies = variables.into_iter();
        Self {
            head: format!(
                "POST /graphql HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\naccept: application/json\r\n\
                 {authorization}content-length: ",
                server.address
            ),
            bodies: bodies
                .map(|variables| json!({ "query": query, "variables": variables }).to_string())
                .collect(),
        }
    }

    /// Asks Laurel.
    pub(super) fn of_laurel(
        server: &Server,
        key: &str,
        people: &People,
        depth: Depth,
        deep: u64,
    ) -> anyhow::Result<Self> {
        let query = include_str!("laurel.graphql");
        let mut variables = Vec::new();
        for id in people.of(depth) {
            let after = match depth {
                Depth::First | Depth::Top => Value::Null,
                Depth::Deep => deep_cursor(server, key, id.as_str(), deep)?,
            };
            variables.push(json!({ "id": id, "after": after }));
        }
        Ok(Self::new(server, Some(key), query, variables))
    }

    /// Asks one question after the other on each connection, until the time is over.
    pub(super) fn ask(
        &self,
        server: &mut Server,
        connections: usize,
        time: Duration,
    ) -> anyhow::Result<Taken> {
        let used = || {
            let database = server.database.map_or(Duration::ZERO, processor_time);
            [processor_time(server.process.id()), database]
        };
        let before = used();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let times = LocalSet::new().block_on(&runtime, self.drive(server, connections, time))?;
        let after = used();
        let taken = Taken::of(
            &times,
            time,
            [0, 1].map(|part| after[part].saturating_sub(before[part])),
        );
        let memory = resident_memory(server.process.id()).unwrap_or(f64::NAN);
        server.process.check()?;
        Ok(Taken { memory, ..taken })
    }

    async fn drive(
        &self,
        server: &Server,
        connections: usize,
        time: Duration,
    ) -> anyhow::Result<Histogram<u64>> {
        let next = Rc::new(Cell::new(0_usize));
        let until = Instant::now() + time;
        let mut asking = JoinSet::new();
        let questions: Rc<[String]> = self.bodies.clone().into();
        for _ in 0..connections {
            let (next, questions) = (Rc::clone(&next), Rc::clone(&questions));
            let mut connection = Connection::open(server, &self.head).await?;
            asking.spawn_local(async move {
                let mut times = Histogram::<u64>::new(3)?;
                times.auto(true);
                while Instant::now() < until {
                    // A stride that is prime to most numbers: one customer after another, far apart.
                    let turn = next.get();
                    next.set(turn + 1);
                    let began = Instant::now();
                    connection
                        .ask(&questions[turn.wrapping_mul(7_919) % questions.len()])
                        .await?;
                    times.record(u64::try_from(began.elapsed().as_micros())?)?;
                }
                anyhow::Ok(times)
            });
        }
        let mut whole = Histogram::<u64>::new(3)?;
        whole.auto(true);
        while let Some(part) = asking.join_next().await {
            whole.add(&part??)?;
        }
        Ok(whole)
    }

    /// One answer.
    pub(super) fn once(&self, server: &Server) -> anyhow::Result<Value> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let mut connection = Connection::open(server, &self.head).await?;
            let question = self.bodies.first().context("no question")?;
            let answer = connection.ask(question).await?;
            serde_json::from_slice(&answer).context("an answer in JSON")
        })
    }
}

/// Where a deep page begins, as Laurel itself says it: the cursor at the end of so many entries.
fn deep_cursor(server: &Server, key: &str, id: &str, depth: u64) -> anyhow::Result<Value> {
    let query = "query($id: ID!, $first: Int!, $after: String) { customer(id: $id) { \
                 history(first: $first, after: $after) { pageInfo { endCursor } } } }";
    let (mut after, mut left) = (Value::Null, depth);
    while left > 0 {
        let first = left.min(100);
        let variables = vec![json!({ "id": id, "first": first, "after": after })];
        let answer = Asker::new(server, Some(key), query, variables).once(server)?;
        after = answer["data"]["customer"]["history"]["pageInfo"]["endCursor"].clone();
        ensure!(after.is_string(), "no page so deep: {answer}");
        left -= first;
    }
    Ok(after)
}

struct Connection {
    stream: TcpStream,
    head: String,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(server: &Server, head: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            head: head.to_owned(),
            answer: Vec::with_capacity(64 * 1024),
        })
    }

    /// The body of the answer, which has no errors.
    async fn ask(&mut self, question: &str) -> anyhow::Result<Vec<u8>> {
        let request = format!("{}{}\r\n\r\n{question}", self.head, question.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.answer.clear();
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("a connection was closed");
            }
            if let Some(status) = complete(&self.answer) {
                let end = self
                    .answer
                    .windows(4)
                    .position(|four| four == b"\r\n\r\n")
                    .unwrap_or(0)
                    + 4;
                let body = &self.answer[end..];
                let text = || String::from_utf8_lossy(&body[..body.len().min(500)]).into_owned();
                ensure!(status == 200, "{status}: {}", text());
                ensure!(!body.starts_with(b"{\"errors\""), "{}", text());
                return Ok(body.to_vec());
            }
        }
    }
}
