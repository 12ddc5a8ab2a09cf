//! From nothing to a stream on which it is safe to speak: TCP, and TLS unless it is this machine.
//!
//! Greeting, EHLO and STARTTLS are exchanged here and not by lettre, whose buffered reader lives on
//! through its STARTTLS: what somebody in between slips in after the relay's 220 would be read as a
//! reply that came through TLS.

use std::io;

use lettre::transport::smtp::client::AsyncTokioStream;
use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::extension::{ClientId, Extension, ServerInfo};
use lettre::transport::smtp::response::Response;
use rustls::ProtocolVersion;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::fault::{Fault, Faults, Step};
use super::relay::{Relay, Security};
use super::settings::Timeouts;
use super::wire::Wire;
use crate::Failure;

const CONNECT: Step = Step::session("connect");
const GREETING: Step = Step::session("greeting");
const EHLO: Step = Step::session("EHLO");
const STARTTLS: Step = Step::session("STARTTLS");
const HANDSHAKE: Step = Step::session("TLS handshake");

/// The longest line of a reply, generously (RFC 5321 §4.5.3.1.5 says 512).
const LONGEST_LINE: u64 = 4096;
/// The longest reply.
const LONGEST_REPLY: usize = 32 * 1024;

/// A stream on which it is safe to speak, and how it came to be.
pub(super) struct Opened {
    pub(super) stream: Box<dyn AsyncTokioStream>,
    /// The version of TLS; none where nothing is encrypted.
    pub(super) tls: Option<ProtocolVersion>,
    /// The relay's certificate (DER).
    pub(super) certificate: Option<Vec<u8>>,
}

/// A stream to the relay that greets (again, where it was greeted before TLS) and waits for EHLO.
pub(super) async fn open(
    relay: &Relay,
    tls: &TlsConnector,
    hello: &ClientId,
    timeouts: &Timeouts,
    faults: &Faults,
) -> Result<Opened, Failure> {
    let tcp = faults
        .bound(CONNECT, timeouts.connect, connect(relay))
        .await?;
    let peer = faults
        .bound(CONNECT, timeouts.connect, async { tcp.peer_addr() })
        .await?;
    if relay.security == Security::None {
        return Ok(Opened {
            stream: Box::new(Wire::new(tcp, peer)),
            tls: None,
            certificate: None,
        });
    }
    let starttls = relay.security == Security::Starttls;
    let tcp = if starttls {
        start_tls(Wire::new(tcp, peer), hello, timeouts, faults).await?
    } else {
        tcp
    };
    let handshake = tls.connect(relay.server_name.clone(), tcp);
    let encrypted = faults
        .bound(HANDSHAKE, timeouts.handshake, handshake)
        .await?;
    let session = encrypted.get_ref().1;
    let tls = session.protocol_version();
    let certificates = session.peer_certificates().and_then(<[_]>::first);
    let certificate = certificates.map(|certificate| certificate.to_vec());
    let wire = if starttls {
        Wire::greeted(encrypted, peer)
    } else {
        Wire::new(encrypted, peer)
    };
    Ok(Opened {
        stream: Box::new(wire),
        tls,
        certificate,
    })
}

/// Without Nagle's algorithm, which would hold each command back until the relay acknowledges the
/// last one: some 40 ms a mail.
async fn connect(relay: &Relay) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((relay.host.as_str(), relay.port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Greeting, EHLO and STARTTLS, up to where the handshake begins.
async fn start_tls(
    wire: Wire<TcpStream>,
    hello: &ClientId,
    timeouts: &Timeouts,
    faults: &Faults,
) -> Result<TcpStream, Failure> {
    let mut wire = BufReader::new(wire);
    faults
        .bound(GREETING, timeouts.greeting, expect(&mut wire, 220))
        .await?;
    let answer = async {
        wire.write_all(Ehlo::new(hello.clone()).to_string().as_bytes())
            .await?;
        expect(&mut wire, 250).await
    };
    let answer = faults.bound(EHLO, timeouts.greeting, answer).await?;
    let offers_tls = ServerInfo::from_response(&answer)
        .is_ok_and(|server| server.supports_feature(Extension::StartTls));
    if !offers_tls {
        return Err(faults.failure(
            STARTTLS,
            &Fault::Unusable("the relay does not offer STARTTLS".to_owned()),
        ));
    }
    let agreed = async {
        wire.write_all(Starttls.to_string().as_bytes()).await?;
        expect(&mut wire, 220).await
    };
    faults.bound(STARTTLS, timeouts.command, agreed).await?;
    faults
        .bound(STARTTLS, timeouts.command, async {
            wire.into_inner().into_inner()
        })
        .await
}

/// Reads one reply and wants it to have `code`.
async fn expect<S>(stream: &mut BufReader<S>, code: u16) -> Result<Response, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut text = String::new();
    while text.len() < LONGEST_REPLY {
        let start = text.len();
        (&mut *stream)
            .take(LONGEST_LINE)
            .read_line(&mut text)
            .await?;
        let line = &text[start..];
        if !line.ends_with('\n') {
            return Err(Fault::Network(
                "the relay hung up within a reply".to_owned(),
            ));
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            break;
        }
    }
    let reply: Response = text
        .parse()
        .map_err(|_| Fault::Network("the reply is not SMTP".to_owned()))?;
    if reply.has_code(code) {
        Ok(reply)
    } else {
        Err(Fault::from(&reply))
    }
}
