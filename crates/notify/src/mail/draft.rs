//! What one mail is made from.

use laurel_payloads::Timestamp;
use laurel_store::Source;
use lettre::Address;
use unic_langid::LanguageIdentifier;
use uuid::Uuid;

use super::TierMail;

/// One mail that is to be written.
///
/// ```
/// use laurel_notify::language;
/// use laurel_notify::mail::{Direction, Draft, TierMail, mail_address};
/// use laurel_payloads::Timestamp;
/// use laurel_store::Source;
/// use uuid::Uuid;
///
/// let source = Source::new("masivo")?;
/// let mail = TierMail::new(Direction::Upgrade, Some("Ana"), None, Some("Silver"));
/// let now = Timestamp::from_micros(1_769_861_000_000_000);
/// let draft = Draft {
///     locale: language::locale("es-CO"),
///     ..Draft::new(Uuid::nil(), &source, &mail, mail_address("ana@example.com")?, now)
/// };
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    /// The outbox row's id, from which the `Message-ID` is made.
    pub id: Uuid,
    /// Whose customer it is for.
    pub source: &'a Source,
    /// What it is about.
    pub mail: &'a TierMail,
    /// Where it goes.
    pub to: Address,
    /// The customer's language, where it is known.
    pub locale: Option<LanguageIdentifier>,
    /// The customer's own pages.
    pub links: Links,
    /// What its bounces are known by, signed.
    pub return_id: Option<String>,
    /// When it is written.
    pub now: Timestamp,
}

impl<'a> Draft<'a> {
    /// A mail without links, whose bounces prove nothing.
    #[must_use]
    pub fn new(
        id: Uuid,
        source: &'a Source,
        mail: &'a TierMail,
        to: Address,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            source,
            mail,
            to,
            locale: None,
            links: Links::default(),
            return_id: None,
            now,
        }
    }
}

/// Where a customer stops the mails, each the whole URL; none where there is no such page.
///
/// ```
/// use laurel_notify::mail::Links;
///
/// let links = Links {
///     unsubscribe: Some("https://club.example.com/stop/17".to_owned()),
///     ..Links::default()
/// };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Ends all of them: what `List-Unsubscribe` names.
    pub unsubscribe: Option<String>,
    /// Chooses among them.
    pub preferences: Option<String>,
    /// Ends all of them by a mail: what `List-Unsubscribe` names beside the page, a `mailto:` URI.
    pub unsubscribe_by_mail: Option<String>,
}
