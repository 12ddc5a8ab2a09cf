//! One connection to the relay, spoken to step by step. Any fault, doubt or delay ends it: whoever
//! holds a `Session` that failed drops it.

use std::future::Future;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use rustls::ProtocolVersion;
use secrecy::ExposeSecret;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::fault::{self, Fault, Faults, Step};
use super::opening;
use super::relay::Login;
use super::settings::{SmtpSettings, Timeouts};
use crate::mail::{Message, masked};
use crate::{Delivery, Failure, Hold};

const HELLO: Step = Step::session("EHLO");
const AUTH: Step = Step::session("AUTH");
const RSET: Step = Step::session("RSET");
pub(super) const MAIL: Step = Step::message("MAIL FROM");
const RCPT: Step = Step::message("RCPT TO");
const DATA: Step = Step::message("DATA");
const MESSAGE: Step = Step::message("final dot");

/// The ways to log in, best first. All of them say the password, so all of them need TLS.
const MECHANISMS: &[Mechanism] = &[Mechanism::Plain, Mechanism::Login];

/// 251: "not here, I pass it on" (RFC 5321 §4.3.2).
const RECIPIENT_TAKEN: &[u16] = &[250, 251];

/// As much of a receipt as is worth keeping, in characters.
const LONGEST_RECEIPT: usize = 200;

pub(super) struct Session {
    connection: AsyncSmtpConnection,
    faults: Faults,
    timeouts: Timeouts,
    used: Instant,
    tls: Option<ProtocolVersion>,
    certificate: Option<Vec<u8>>,
}

impl Session {
    /// Connects, encrypts and logs in.
    pub(super) async fn open(settings: &SmtpSettings, tls: &TlsConnector) -> Result<Self, Failure> {
        let faults = Faults::of(settings.relay.to_string());
        let timeouts = settings.timeouts;
        let hello = settings
            .hello
            .clone()
            .map_or_else(ClientId::default, ClientId::Domain);
        let opened = opening::open(&settings.relay, tls, &hello, &timeouts, &faults).await?;
        let greeted = AsyncSmtpConnection::connect_with_transport(opened.stream, &hello);
        let connection = faults.bound(HELLO, timeouts.greeting, greeted).await?;
        let mut session = Self {
            connection,
            faults,
            timeouts,
            used: Instant::now(),
            tls: opened.tls,
            certificate: opened.certificate,
        };
        if let Some(login) = &settings.relay.login {
            session.log_in(login).await?;
        }
        Ok(session)
    }

    /// Only ever called on an encrypted connection: a relay with a login has no other.
    async fn log_in(&mut self, login: &Login) -> Result<(), Failure> {
        if self
            .connection
            .server_info()
            .get_auth_mechanism(MECHANISMS)
            .is_none()
        {
            let fault =
                Fault::Unusable("the relay offers neither AUTH PLAIN nor AUTH LOGIN".to_owned());
            return Err(self.faults.failure(AUTH, &fault));
        }
        let credentials = Credentials::new(
            login.user.clone(),
            login.password.expose_secret().to_owned(),
        );
        let authenticated = self.connection.auth(MECHANISMS, &credentials);
        let reply = self
            .faults
            .bound(AUTH, self.timeouts.command, authenticated)
            .await?;
        if reply.has_code(235) {
            Ok(())
        } else {
            Err(self.faults.failure(AUTH, &Fault::from(&reply)))
        }
    }

    /// Whether nobody has used it for `limit`.
    pub(super) fn is_idle(&self, limit: Duration) -> bool {
        self.used.elapsed() >= limit
    }

    /// Finds out whether the relay is still there, and makes it forget what was begun.
    pub(super) async fn reset(&mut self) -> Result<(), Failure> {
        self.step(RSET, self.timeouts.command, &[250], |connection| {
            connection.command(Rset)
        })
        .await?;
        Ok(())
    }

    /// Carries one message: success is the relay's 250 to the final dot and nothing else.
    pub(super) async fn deliver(
        &mut self,
        message: &Message,
        hold: &Hold,
    ) -> Result<Delivery, Failure> {
        if hold.has_ended() {
            return Err(Failure::late(self.faults.relay(), MAIL.name));
        }
        let from = Mail::new(Some(message.sender.clone()), Vec::new());
        self.step(MAIL, self.timeouts.command, &[250], |connection| {
            connection.command(from)
        })
        .await?;
        let to = Rcpt::new(message.recipient.clone(), Vec::new());
        self.step(RCPT, self.timeouts.command, RECIPIENT_TAKEN, |connection| {
            connection.command(to)
        })
        .await?;
        self.step(DATA, self.timeouts.data, &[354], |connection| {
            connection.command(Data)
        })
        .await?;
        let raw = message.raw.as_slice();
        let reply = self
            .step(MESSAGE, self.timeouts.message, &[250], |connection| {
                connection.message(raw)
            })
            .await?;
        self.used = Instant::now();
        Ok(Delivery {
            relay: self.faults.relay().to_owned(),
            code: Some(250),
            text: masked(&fault::text(&reply), LONGEST_RECEIPT),
        })
    }

    /// Asks whether mail would be taken, and begins none.
    pub(super) async fn ask(
        &mut self,
        from: Option<&Address>,
        to: Option<&Address>,
    ) -> Result<(), Failure> {
        if let Some(from) = from {
            let from = Mail::new(Some(from.clone()), Vec::new());
            self.step(MAIL, self.timeouts.command, &[250], |connection| {
                connection.command(from)
            })
            .await?;
            if let Some(to) = to {
                let to = Rcpt::new(to.clone(), Vec::new());
                self.step(RCPT, self.timeouts.command, RECIPIENT_TAKEN, |connection| {
                    connection.command(to)
                })
                .await?;
            }
            self.reset().await?;
        }
        Ok(())
    }

    /// How the connection is encrypted, as people call it, and the relay's certificate.
    pub(super) fn encryption(&self) -> (Option<String>, Option<Vec<u8>>) {
        let tls = self.tls.map(|version| match version {
            ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
            ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
            other => format!("{other:?}"),
        });
        (tls, self.certificate.clone())
    }

    /// Says goodbye, for as long as that may take, and hangs up.
    pub(super) async fn quit(mut self) {
        // Nothing depends on the answer.
        drop(tokio::time::timeout(self.timeouts.quit, self.connection.quit()).await);
    }

    async fn step<'a, F>(
        &'a mut self,
        step: Step,
        limit: Duration,
        wanted: &[u16],
        say: impl FnOnce(&'a mut AsyncSmtpConnection) -> F,
    ) -> Result<Response, Failure>
    where
        F: Future<Output = Result<Response, SmtpError>> + Send + 'a,
    {
        let reply = self
            .faults
            .bound(step, limit, say(&mut self.connection))
            .await?;
        let taken = wanted.iter().any(|code| reply.has_code(*code));
        if taken {
            Ok(reply)
        } else {
            Err(self.faults.failure(step, &Fault::from(&reply)))
        }
    }
}
