//! The relay: reached, encrypted, logged in to, and asked whether it takes mail from the sender.

use laurel_notify::smtp::{Probe, SmtpChannel};
use laurel_notify::{Failure as Refused, mail::Address, mail::mail_address};

use super::Findings;
use crate::config::{Email, Transport};
use crate::{Failure, mail};

const DAY: i64 = 24 * 60 * 60;
/// A certificate that ends sooner should have been replaced.
const SOON: i64 = 14 * DAY;

pub(super) async fn look(
    findings: &mut Findings,
    email: &Email,
    domain: &str,
    to: Option<&Address>,
) -> Result<(), Failure> {
    let smtp = match (email.transport, &email.smtp) {
        (Transport::Smtp, Some(smtp)) => smtp,
        (Transport::File, _) => {
            let folder = email.file.folder.display();
            return Findings::good(&format!("mail is written to the folder {folder}"));
        }
        _ => return findings.bad("email.transport is \"none\": messages stay in the outbox"),
    };
    let channel = SmtpChannel::new(mail::smtp(smtp)?)
        .map_err(|error| Failure::Usage(format!("email.smtp.ca_file: {error}")))?;
    let from = sender(email, domain);
    let probe = channel.probe(from.as_ref(), to).await;
    match probe {
        Ok(probe) => describe(&probe),
        Err(refused) => findings.bad(&format!("the relay refuses: {}", advice(&refused))),
    }
}

/// Whom bounces come back to: the relay is asked about that address.
fn sender(email: &Email, domain: &str) -> Option<Address> {
    let from = email.from.as_deref().unwrap_or_default();
    let from = from.rsplit('<').next().unwrap_or(from);
    let address = email
        .return_path
        .as_deref()
        .unwrap_or(from.trim_end_matches('>'));
    mail_address(address.trim())
        .or_else(|_| mail_address(&format!("postmaster@{domain}")))
        .ok()
}

fn describe(probe: &Probe) -> Result<(), Failure> {
    let relay = &probe.relay;
    match &probe.tls {
        Some(tls) => Findings::good(&format!("{relay} answers, encrypted with {tls}"))?,
        None => Findings::warn(&format!("{relay} answers, in the clear: this machine only"))?,
    }
    if let Some(left) = probe.certificate.as_deref().and_then(seconds_left) {
        let days = left / DAY;
        if left < SOON {
            Findings::warn(&format!("the relay's certificate ends in {days} days"))?;
        } else {
            Findings::good(&format!("its certificate is good for {days} days"))?;
        }
    }
    if probe.is_logged_in {
        Findings::good("it takes the user and the password")?;
    } else {
        Findings::warn("no user is configured: it must know this machine by its address")?;
    }
    Findings::good("it takes mail from the sender")
}

/// How long a certificate is good for.
fn seconds_left(certificate: &[u8]) -> Option<i64> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let left = certificate.validity().time_to_expiration()?;
    Some(left.whole_seconds())
}

/// What the relay said, and what helps.
fn advice(refused: &Refused) -> String {
    let refusal = refused.refusal();
    let help = match (refusal.step, refusal.code) {
        ("connect", _) => "is its name right, does it listen there, does a firewall stand between?",
        ("TLS handshake", _) => {
            "its certificate must be made out to the name in email.smtp.url, by a public authority or that of email.smtp.ca_file"
        }
        ("STARTTLS", _) => "without TLS nothing is sent; smtps:// speaks it from the start",
        ("AUTH", _) | (_, Some(530 | 534 | 535 | 538)) => {
            "are user and password right, and percent-encoded?"
        }
        ("MAIL FROM", _) => "may this user send as the address in email.from or email.return_path?",
        ("RCPT TO", _) => "it takes no mail to that address",
        _ => "what it says is all there is to know",
    };
    format!("{refusal} ({help})")
}
