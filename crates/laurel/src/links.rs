//! The links in mails, as they are configured, and the pages behind them.

use laurel_notify::links::{Linker, MailKeys};
use laurel_notify::mail::sender_name;
use laurel_notify::pages::{PageError, PageSettings, Pages};
use laurel_payloads::EventKind;
use laurel_store::Store;

use crate::config::Config;

/// Writes the links in mails, below the public address.
pub(crate) async fn linker(config: &Config, store: &Store) -> laurel_store::Result<Linker> {
    let keys = MailKeys::of(store).await?;
    Ok(Linker::new(&config.http.public_url(), keys))
}

/// The pages that they lead to. They are served whether mail is sent or not: that of last year still has its links.
pub(crate) async fn pages(config: &Config, store: &Store) -> Result<Pages, PageError> {
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
        kinds: kinds.collect(),
    };
    Pages::open(store, settings).await
}
