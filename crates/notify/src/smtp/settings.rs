//! What the operator may say about the relay, and how long each step of a session may take.

use std::path::PathBuf;
use std::time::Duration;

use super::Relay;

/// How to reach the relay.
///
/// ```
/// use laurel_notify::smtp::SmtpSettings;
///
/// let settings = SmtpSettings {
///     ca_file: Some("authority.pem".into()),
///     connections: 4,
///     ..SmtpSettings::new("smtp://user:password@relay.example:587".parse()?)
/// };
/// # Ok::<(), laurel_notify::smtp::InvalidRelay>(())
/// ```
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// The relay and how to log in to it.
    pub relay: Relay,
    /// A PEM file of certificates that are trusted besides the public ones: a private authority's.
    pub ca_file: Option<PathBuf>,
    /// The name given in EHLO; by default the machine's own.
    pub hello: Option<String>,
    /// How many connections are open at a time.
    pub connections: usize,
    /// For how long after a message a connection is taken to be good. Later the relay is asked first.
    pub trusted: Duration,
    /// How long an unused connection is kept.
    pub idle: Duration,
    /// How long each step may take.
    pub timeouts: Timeouts,
}

impl SmtpSettings {
    /// The settings that suit most relays.
    #[must_use]
    pub fn new(relay: Relay) -> Self {
        Self {
            relay,
            ca_file: None,
            hello: None,
            connections: 2,
            trusted: Duration::from_secs(1),
            idle: Duration::from_secs(30),
            timeouts: Timeouts::default(),
        }
    }
}

/// How long each step of a session may take. By default the times of RFC 5321 §4.5.3.2, but for the
/// beginning: a relay that is there accepts and greets at once.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_notify::smtp::Timeouts;
///
/// let timeouts = Timeouts { connect: Duration::from_secs(5), ..Timeouts::default() };
/// assert_eq!(timeouts.message, Duration::from_mins(10));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// The name looked up and the connection made.
    pub connect: Duration,
    /// The TLS handshake.
    pub handshake: Duration,
    /// The greeting and the answer to EHLO, each.
    pub greeting: Duration,
    /// STARTTLS, each step of AUTH, MAIL FROM, RCPT TO, RSET.
    pub command: Duration,
    /// DATA, up to the relay's 354.
    pub data: Duration,
    /// The message with its final dot, up to the relay's 250. Long, since a relay that is given up
    /// too early has the message already, and gets it again.
    pub message: Duration,
    /// QUIT, which owes us nothing.
    pub quit: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            handshake: Duration::from_secs(30),
            greeting: Duration::from_secs(30),
            command: Duration::from_mins(5),
            data: Duration::from_mins(2),
            message: Duration::from_mins(10),
            quit: Duration::from_secs(5),
        }
    }
}
