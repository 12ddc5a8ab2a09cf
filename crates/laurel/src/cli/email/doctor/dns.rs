//! Asks the DNS for TXT records (RFC 1035): what a receiver of our mail would read there. Only what `doctor` needs of a
//! resolver, and for nothing else.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// Where this machine's resolvers are named.
const CONFIGURATION: &str = "/etc/resolv.conf";
const PATIENCE: Duration = Duration::from_secs(5);
const TXT: u16 = 16;
/// The largest answer by UDP that no network breaks up.
const LARGEST: u16 = 1232;
/// NXDOMAIN: there is no such name.
const NO_SUCH_NAME: u8 = 3;

/// A server that answers questions about names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver(SocketAddr);

impl Resolver {
    pub(super) fn at(server: SocketAddr) -> Self {
        Self(server)
    }

    /// The first one that this machine asks.
    pub(super) fn of_this_machine() -> io::Result<Self> {
        let text = std::fs::read_to_string(CONFIGURATION)?;
        let servers = text.lines().filter_map(|line| {
            let server = line.trim().strip_prefix("nameserver")?.trim();
            server.parse::<IpAddr>().ok()
        });
        let none = || io::Error::other(format!("{CONFIGURATION} names no server"));
        let first = servers.into_iter().next().ok_or_else(none)?;
        Ok(Self(SocketAddr::new(first, 53)))
    }

    /// The texts under a name; none where there is no such name.
    pub(super) async fn txt(self, name: &str) -> io::Result<Vec<String>> {
        let question = question(rand::random(), name)?;
        let slow = |_| io::Error::from(io::ErrorKind::TimedOut);
        let answer = timeout(PATIENCE, self.by_udp(&question)).await;
        let mut answer = answer.map_err(slow)??;
        if answer.get(2).is_some_and(|flags| flags & 0x02 != 0) {
            // It was cut off: there is more of it by TCP.
            answer = timeout(PATIENCE, self.by_tcp(&question))
                .await
                .map_err(slow)??;
        }
        texts(&answer)
    }

    async fn by_udp(self, question: &[u8]) -> io::Result<Vec<u8>> {
        let any: IpAddr = if self.0.is_ipv4() {
            [0, 0, 0, 0].into()
        } else {
            [0_u16; 8].into()
        };
        let socket = UdpSocket::bind((any, 0)).await?;
        socket.connect(self.0).await?;
        socket.send(question).await?;
        let mut answer = vec![0; usize::from(LARGEST)];
        loop {
            let length = socket.recv(&mut answer).await?;
            // The id tells the answer from somebody else's.
            if answer.get(..2) == question.get(..2) {
                answer.truncate(length);
                return Ok(answer);
            }
        }
    }

    async fn by_tcp(self, question: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.0).await?;
        let length = u16::try_from(question.len()).map_err(io::Error::other)?;
        stream.write_all(&length.to_be_bytes()).await?;
        stream.write_all(question).await?;
        let length = stream.read_u16().await?;
        let mut answer = vec![0; length.into()];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }
}

fn question(id: u16, name: &str) -> io::Result<Vec<u8>> {
    let mut message = id.to_be_bytes().to_vec();
    // Recursion desired; one question; one additional record, which says how large an answer may be (RFC 6891).
    message.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|n| (1..=63).contains(n));
        let length = length.ok_or_else(|| io::Error::other(format!("{name} is no name")))?;
        message.push(length);
        message.extend(label.as_bytes());
    }
    message.extend([0, 0, 16, 0, 1]);
    message.extend([0, 0, 41]);
    message.extend(LARGEST.to_be_bytes());
    message.extend([0; 6]);
    Ok(message)
}

fn texts(answer: &[u8]) -> io::Result<Vec<String>> {
    let code = answer.get(3).map_or(0, |flags| flags & 0x0f);
    match code {
        NO_SUCH_NAME => Ok(Vec::new()),
        0 => read(answer).ok_or_else(|| io::Error::other("the answer cannot be read")),
        code => Err(io::Error::other(format!(
            "the resolver answers with error {code}"
        ))),
    }
}

/// The TXT records among the answers.
fn read(answer: &[u8]) -> Option<Vec<String>> {
    let number = |at: usize| Some(u16::from_be_bytes([*answer.get(at)?, *answer.get(at + 1)?]));
    let (questions, answers) = (number(4)?, number(6)?);
    let mut at = 12;
    for _ in 0..questions {
        at = after_name(answer, at)? + 4;
    }
    let mut texts = Vec::new();
    for _ in 0..answers {
        at = after_name(answer, at)?;
        let (kind, length) = (number(at)?, usize::from(number(at + 8)?));
        let mut data = answer.get(at + 10..at + 10 + length)?;
        at += 10 + length;
        if kind != TXT {
            continue;
        }
        let mut text = Vec::new();
        while let Some((&length, rest)) = data.split_first() {
            text.extend(rest.get(..length.into())?);
            data = rest.get(length.into()..)?;
        }
        texts.push(String::from_utf8_lossy(&text).into_owned());
    }
    Some(texts)
}

/// Where a name ends that begins here: it may end in a pointer to an earlier one.
fn after_name(message: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *message.get(at)? {
            0 => return Some(at + 1),
            length if length >= 0xc0 => return Some(at + 2),
            length => at += 1 + usize::from(length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `example.com` has an alias, a text in two pieces, and nothing more.
    const ANSWER: &[u8] = b"\x12\x34\x81\x80\x00\x01\x00\x02\x00\x00\x00\x00\
        \x07example\x03com\x00\x00\x10\x00\x01\
        \xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c\
        \xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c\x00\x08\x04v=sp\x02f1";

    #[test]
    fn a_text_in_pieces_is_one() {
        assert_eq!(texts(ANSWER).expect("an answer"), ["v=spf1"]);
    }

    #[test]
    fn an_answer_that_is_cut_anywhere_is_refused_or_empty() {
        for end in 12..ANSWER.len() {
            let said = texts(&ANSWER[..end]);
            assert!(said.is_err(), "{end}: {said:?}");
        }
    }

    #[test]
    fn a_name_that_is_none_is_not_asked_for() {
        for name in ["", "a..b", &"a".repeat(64)] {
            assert!(question(1, name).is_err(), "{name:?}");
        }
        assert_eq!(
            question(1, "a.example").expect("a question").len(),
            12 + 11 + 4 + 11
        );
    }
}
