//! The links in mails, as they are configured, and the pages behind them.

use laurel_notify::links::{Linker, MailKeys};
use laurel_notify::mail::sender_name;
use laurel_notify::pages::{PageSettings, Pages};
use laurel_payloads::EventKind;
use laurel_store::Store;

use crate::config::Config;
use crate::{Failure, mail};

/// Writes the links in mails, below the public address.
pub(crate) async fn linker(config: &Config, store: &Store) -> Result<Linker, Failure> {
    let keys = MailKeys::of(store).await?;
    let mailbox = mail::unsubscribe_to(&config.email)?;
    Ok(Linker::new(&config.http.public_url(), keys).stopped_by_mail_to(mailbox))
}

/// The pages that they lead to. They are served whether mail is sent or not: that of last year still has its links.
pub(crate) async fn pages(config: &Config, store: &Store) -> anyhow::Result<Pages> {
    let email = &config.email;
    let from = email.from.as_deref().unwrap_or_default();
    let kinds = [
        (EventKind::TierUpgrade, email.upgrade),
        (EventKind::TierDowngrade, email.downgrade),
    ];
    let kinds = kinds
        .into_iter()
        .filter_map(|(kind, sent)| sent.then_some(kind));
    let settings = PageSettings {
        programme: sender_name(from).unwrap_or_else(|_| config.http.public_host()),
        brands: mail::brands(config)?,
        kinds: kinds.collect(),
    };
    Ok(Pages::open(store, settings).await?)
}
