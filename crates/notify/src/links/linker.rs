//! `Linker`: writes the links of one message.

use std::sync::Arc;

use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

use super::MailKeys;
use crate::mail::{Address, Links};

/// Where the pages are, and the keys to sign their links with. Cheap to clone.
///
/// ```
/// # async fn example(store: laurel_store::Store) -> laurel_store::Result<()> {
/// use laurel_notify::links::{Linker, MailKeys};
/// use uuid::Uuid;
///
/// let linker = Linker::new("https://laurel.example.com", MailKeys::of(&store).await?);
/// println!("{:?}", linker.links(Uuid::nil()).unsubscribe);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Linker {
    base: String,
    keys: Arc<MailKeys>,
    mailbox: Option<Address>,
}

impl Linker {
    /// For pages below `base`, such as `https://laurel.example.com`.
    #[must_use]
    pub fn new(base: &str, keys: MailKeys) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            keys: Arc::new(keys),
            mailbox: None,
        }
    }

    /// Has the mails be stopped by a mail to `mailbox`, too.
    #[must_use]
    pub fn stopped_by_mail_to(self, mailbox: Option<Address>) -> Self {
        Self { mailbox, ..self }
    }

    /// The links for a message.
    #[must_use]
    pub fn links(&self, message: Uuid) -> Links {
        let token = self.keys.link(message);
        let page = |name| Some(format!("{}/email/{name}/{token}", self.base));
        Links {
            unsubscribe: page("unsubscribe"),
            preferences: page("preferences"),
            unsubscribe_by_mail: self.mailbox.as_ref().map(|to| by_mail(to, &token)),
        }
    }

    /// The links for a mail that is written to be looked at: their pages open, and change nothing.
    #[must_use]
    pub fn sample(&self) -> Links {
        self.links(Uuid::nil())
    }

    /// What the bounces of a message are known by.
    #[must_use]
    pub fn return_id(&self, message: Uuid) -> String {
        self.keys.return_id(message)
    }
}

/// The `mailto:` (RFC 6068) that stops the mails. The token is the one of the pages, in the subject: the one field that every reader fills in.
///
/// ```
/// use laurel_notify::links::by_mail;
/// use laurel_notify::mail::mail_address;
///
/// let uri = by_mail(&mail_address("stop+all@example.com")?, "AZu1");
/// assert_eq!(uri, "mailto:stop%2Ball@example.com?subject=unsubscribe%20AZu1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn by_mail(to: &Address, token: &str) -> String {
    let user: String = byte_serialize(to.user().as_bytes()).collect();
    format!(
        "mailto:{user}@{}?subject=unsubscribe%20{token}",
        to.domain()
    )
}
