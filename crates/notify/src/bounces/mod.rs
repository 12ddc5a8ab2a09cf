//! What comes back: reads the mailbox that undeliverable mail is returned to, and keeps mail from addresses that are
//! gone, from people who complained, and from those who wrote that they want no more.
//!
//! Anyone can send such a report, about anyone. So only one that holds the signed id of a message of ours counts, and it
//! can do no more than suppress the address of the very customer whom that message was for.

pub mod mailbox;
mod mime;
pub mod report;
mod summary;
mod unsubscribing;

use laurel_store::{Addressee, MailReport, ReportKind, Scope, Store, SuppressionReason};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use self::mailbox::Found;
use self::report::{News, Report};
use crate::links::MailKeys;

pub use self::summary::{Outcome, Summary};

/// Takes in what was returned, a message at a time; each is settled on its own, so that an import that was interrupted
/// goes on where it stopped when it is run again.
///
/// ```
/// # async fn example(store: laurel_store::Store) -> Result<(), Box<dyn std::error::Error>> {
/// use std::path::Path;
///
/// use laurel_notify::bounces::{Importer, Summary, mailbox};
///
/// let importer = Importer::open(&store).await?;
/// let mut summary = Summary::default();
/// for found in mailbox::mbox(Path::new("/var/mail/bounces"))? {
///     summary.add(importer.take(&found?).await?);
/// }
/// println!("{summary}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Importer {
    store: Store,
    keys: MailKeys,
}

impl Importer {
    /// Reads the keys that know our own messages again.
    ///
    /// # Errors
    ///
    /// The database.
    pub async fn open(store: &Store) -> laurel_store::Result<Self> {
        Ok(Self {
            store: store.clone(),
            keys: MailKeys::of(store).await?,
        })
    }

    /// Takes in one message of a mailbox.
    ///
    /// # Errors
    ///
    /// The database. The message is as if it had not been read.
    pub async fn take(&self, found: &Found) -> laurel_store::Result<Outcome> {
        let Found::Message(raw) = found else {
            return Ok(Outcome::TooLarge);
        };
        let Some(report) = report::read(raw) else {
            return self.take_wish(raw).await;
        };
        let Some(message) = self.message(&report) else {
            return Ok(Outcome::NotOurs);
        };
        let Some(addressee) = self.store.addressee(message).await? else {
            return Ok(Outcome::NotOurs);
        };
        let Some((kind, status)) = told(&report.news) else {
            return Ok(Outcome::Nothing);
        };
        let record = MailReport {
            digest: sha256(raw),
            message,
            kind,
            status,
        };
        if addressee.scope.has_report(&record.digest).await? {
            return Ok(Outcome::Known);
        }
        let outcome = act(&addressee, &record, &report).await?;
        // Last: what was recorded is done.
        addressee.scope.record_report(&record).await?;
        Ok(outcome)
    }

    /// Takes in a mail of a customer that asks for no more of them. Its token is as good as on the page.
    async fn take_wish(&self, raw: &[u8]) -> laurel_store::Result<Outcome> {
        let tokens = unsubscribing::tokens(raw);
        if tokens.is_empty() {
            return Ok(Outcome::NoReport);
        }
        let Some(message) = tokens.iter().find_map(|token| self.keys.open_link(token)) else {
            return Ok(Outcome::NotOurs);
        };
        let Some(addressee) = self.store.addressee(message).await? else {
            return Ok(Outcome::NotOurs);
        };
        let Addressee {
            scope,
            customer_id,
            channel,
            ..
        } = addressee;
        let record = MailReport {
            digest: sha256(raw),
            message,
            kind: ReportKind::Complaint,
            status: Some("unsubscribe".to_owned()),
        };
        if scope.has_report(&record.digest).await? {
            return Ok(Outcome::Known);
        }
        scope.stop_messages(&customer_id, &channel).await?;
        scope.record_report(&record).await?;
        tracing::info!(
            source = %scope.source(), customer.id = %customer_id, message.id = %message,
            "a customer asked by mail for no more of them"
        );
        Ok(Outcome::Unsubscribed)
    }

    /// The one message of ours that a report proves to be about.
    fn message(&self, report: &Report) -> Option<Uuid> {
        let ids = report.return_ids.iter();
        let mut known = ids.filter_map(|id| self.keys.open_return_id(id));
        let first = known.next()?;
        known.all(|other| other == first).then_some(first)
    }
}

fn told(news: &News) -> Option<(ReportKind, Option<String>)> {
    match news {
        News::None => None,
        News::Failed(status) => Some((ReportKind::Bounce, Some(status.clone()))),
        News::Delayed(status) => Some((ReportKind::Delay, Some(status.clone()))),
        News::Complaint(kind) => Some((ReportKind::Complaint, Some(kind.clone()))),
    }
}

async fn act(
    addressee: &Addressee,
    record: &MailReport,
    report: &Report,
) -> laurel_store::Result<Outcome> {
    let Addressee {
        scope, customer_id, ..
    } = addressee;
    let customer = scope.customer(customer_id).await?;
    let address = customer.and_then(|customer| customer.email);
    let outcome = match (record.kind, address) {
        (ReportKind::Delay, _) => Outcome::Delayed,
        // Providers strike out whom a complaint is from; the message tells.
        (ReportKind::Complaint, Some(address)) => {
            suppress(scope, &address, SuppressionReason::Complaint).await?
        }
        (ReportKind::Bounce, Some(address))
            if report.addresses.contains(&address.to_lowercase()) =>
        {
            suppress(scope, &address, SuppressionReason::Bounce).await?
        }
        (ReportKind::Bounce | ReportKind::Complaint, _) => Outcome::AddressGone,
    };
    tracing::info!(
        source = %scope.source(), customer.id = %customer_id, message.id = %record.message,
        kind = record.kind.as_str(), status = record.status, outcome = outcome.as_str(),
        "a report about a mail"
    );
    Ok(outcome)
}

async fn suppress(
    scope: &Scope,
    address: &str,
    reason: SuppressionReason,
) -> laurel_store::Result<Outcome> {
    scope.suppress(address, reason).await?;
    Ok(match reason {
        SuppressionReason::Complaint => Outcome::Complained,
        _ => Outcome::Bounced,
    })
}

fn sha256(raw: &[u8]) -> [u8; 32] {
    let mut sum = [0; 32];
    sum.copy_from_slice(digest(&SHA256, raw).as_ref());
    sum
}
