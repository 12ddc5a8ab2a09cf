//! `Linker`: writes the links of one message.

use std::sync::Arc;

use uuid::Uuid;

use super::MailKeys;
use crate::mail::Links;

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
}

impl Linker {
    /// For pages below `base`, such as `https://laurel.example.com`.
    #[must_use]
    pub fn new(base: &str, keys: MailKeys) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            keys: Arc::new(keys),
        }
    }

    /// The links for a message.
    #[must_use]
    pub fn links(&self, message: Uuid) -> Links {
        let token = self.keys.link(message);
        let page = |name| Some(format!("{}/email/{name}/{token}", self.base));
        Links {
            unsubscribe: page("unsubscribe"),
            preferences: page("preferences"),
        }
    }

    /// What the bounces of a message are known by.
    #[must_use]
    pub fn return_id(&self, message: Uuid) -> String {
        self.keys.return_id(message)
    }
}
