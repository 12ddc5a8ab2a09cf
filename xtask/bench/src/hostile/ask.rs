//! One question over a connection of its own, as who means no good would ask it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::Context as _;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came back, and after how long.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) time: Duration,
}

/// Asks, and reads the answer to its end: the request says that the connection closes.
pub(super) fn ask(server: SocketAddr, request: &[u8]) -> anyhow::Result<Answered> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let start = Instant::now();
    // The server may have answered before it has read all of what is too much.
    let written = stream.write_all(request);
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let time = start.elapsed();
    let status = answer
        .get(9..12)
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let status = status.with_context(|| format!("no answer: {written:?}, {read:?}"))?;
    Ok(Answered { status, time })
}
