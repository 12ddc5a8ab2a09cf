//! `Probe`: what a relay is like, found out without sending anything.

use lettre::Address;

use super::SmtpChannel;
use super::session::Session;
use crate::Failure;

/// A relay that would take mail.
///
/// ```
/// # async fn example(channel: laurel_notify::SmtpChannel) -> Result<(), Box<dyn std::error::Error>> {
/// use laurel_notify::mail::mail_address;
///
/// let club = mail_address("club@example.com")?;
/// let probe = channel.probe(Some(&club), None).await?;
/// println!("{} takes mail over {}", probe.relay, probe.tls.as_deref().unwrap_or("no TLS"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// Its host and port.
    pub relay: String,
    /// The version of TLS, such as `TLS 1.3`; none for one on this machine that is spoken to in the clear.
    pub tls: Option<String>,
    /// Its certificate (DER).
    pub certificate: Option<Vec<u8>>,
    /// Whether it has taken a user and a password.
    pub is_logged_in: bool,
}

impl SmtpChannel {
    /// Connects, encrypts, logs in, and asks whether mail from `from` (and to `to`) would be taken. No message is begun.
    ///
    /// # Errors
    ///
    /// The step at which the relay refuses, and what it says.
    pub async fn probe(
        &self,
        from: Option<&Address>,
        to: Option<&Address>,
    ) -> Result<Probe, Failure> {
        let mut session = Session::open(&self.settings, &self.tls).await?;
        session.ask(from, to).await?;
        let (tls, certificate) = session.encryption();
        session.quit().await;
        Ok(Probe {
            relay: self.settings.relay.to_string(),
            tls,
            certificate,
            is_logged_in: self.settings.relay.login.is_some(),
        })
    }
}
