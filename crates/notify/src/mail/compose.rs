//! From words to a message: headers and MIME.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use laurel_payloads::Timestamp;
use laurel_store::Source;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use unic_langid::LanguageIdentifier;

use super::clean::cleaned;
use super::stationery::Stationery;
use super::{
    Brand, Brands, Direction, Draft, InvalidAddress, Message, ReturnPath, mail_address, unsubscribe,
};
use crate::dkim::Dkim;
use crate::language::{Voice, WordingError};

/// Why a mail cannot be written.
///
/// ```
/// use laurel_notify::mail::{Brands, ComposeError, Composer};
///
/// let fault = Composer::new("Café Central", &Brands::default()).err();
/// assert!(matches!(fault, Some(ComposeError::Sender(_))));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComposeError {
    /// The `from` setting does not parse.
    #[error("{0:?} is not a sender such as: Café Central <club@example.com>")]
    Sender(String),
    /// A template or a message is wrong.
    #[error(transparent)]
    Wording(#[from] WordingError),
    /// The message library refused its own input.
    #[error("cannot put the mail together")]
    Assembly(#[from] lettre::error::Error),
}

/// Writes mails in the name of one sender, for the brands of any number of sources.
///
/// ```
/// use laurel_notify::mail::{Brands, Composer, Direction, Draft, TierMail, mail_address};
/// use laurel_payloads::Timestamp;
/// use laurel_store::Source;
/// use uuid::Uuid;
///
/// let composer = Composer::new("Café Central <club@example.com>", &Brands::default())?;
/// let source = Source::new("masivo")?;
/// let mail = TierMail::new(Direction::Upgrade, Some("Ana"), Some("Bronze"), Some("Silver"));
/// let now = Timestamp::from_micros(1_769_861_000_000_000);
/// let draft = Draft::new(Uuid::nil(), &source, &mail, mail_address("ana@example.com")?, now);
/// let message = composer.compose(&draft)?;
/// assert!(message.words.text.contains("Silver"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Composer {
    from: Mailbox,
    common: Stationery,
    of_source: BTreeMap<Source, Stationery>,
    dkim: Dkim,
    return_path: Option<ReturnPath>,
}

impl Composer {
    /// Prepares for mail from `from`, as `email.from` has it: `Café Central <club@example.com>`, or
    /// the address alone. The name is that of every programme whose brand has none; without one it is the domain.
    ///
    /// # Errors
    ///
    /// `from` is not one plain address with or without a name, or a template or a message is wrong.
    pub fn new(from: &str, brands: &Brands) -> Result<Self, ComposeError> {
        let from = sender(from).map_err(|_| ComposeError::Sender(from.to_owned()))?;
        let name = from.name.as_deref().unwrap_or(from.email.domain());
        let own =
            |(source, brand): (&Source, _)| Ok((source.clone(), Stationery::new(brand, name)?));
        let of_source = brands.of_source.iter().map(own);
        Ok(Self {
            common: Stationery::new(&brands.common, name)?,
            of_source: of_source.collect::<Result<_, WordingError>>()?,
            from,
            dkim: Dkim::default(),
            return_path: None,
        })
    }

    /// Has what cannot be delivered come back to `return_path`, and not to the sender.
    #[must_use]
    pub fn returning_to(self, return_path: Option<ReturnPath>) -> Self {
        Self {
            return_path,
            ..self
        }
    }

    /// Signs its mails from now on.
    #[must_use]
    pub fn signed(self, dkim: Dkim) -> Self {
        Self { dkim, ..self }
    }

    /// The brand of a source.
    #[must_use]
    pub fn brand(&self, source: &Source) -> &Brand {
        &self.stationery(source).brand
    }

    /// What the programme of a source is called.
    #[must_use]
    pub fn programme(&self, source: &Source) -> &str {
        &self.stationery(source).programme
    }

    /// The voice for a customer of a source, by the body of the event that brought their profile.
    #[must_use]
    pub fn voice(&self, source: &Source, profile: Option<&[u8]>) -> Voice {
        let stationery = self.stationery(source);
        stationery.voice(profile.and_then(|body| stationery.locale(body)).as_ref())
    }

    /// The language of a customer of a source, by the body of the event that brought their profile.
    #[must_use]
    pub fn locale(&self, source: &Source, profile: &[u8]) -> Option<LanguageIdentifier> {
        self.stationery(source).locale(profile)
    }

    fn stationery(&self, source: &Source) -> &Stationery {
        self.of_source.get(source).unwrap_or(&self.common)
    }

    /// Writes a mail.
    ///
    /// # Errors
    ///
    /// None that depends on the data; a fault of a template or of the library.
    pub fn compose(&self, draft: &Draft<'_>) -> Result<Message, ComposeError> {
        let Draft { id, mail, .. } = draft;
        let stationery = self.stationery(draft.source);
        let words = stationery.write(draft)?;
        let from = Mailbox::new(
            stationery
                .brand
                .name
                .clone()
                .or_else(|| self.from.name.clone()),
            self.from.email.clone(),
        );
        let message_id = format!("<{id}@{}>", self.from.email.domain());
        // Not random, so that a mail that is sent again is the same, byte for byte but for its date.
        let parts = MultiPart::alternative()
            .boundary(format!("laurel-{}", id.simple()))
            .singlepart(SinglePart::plain(words.text.clone()))
            .singlepart(SinglePart::html(words.html.clone()));
        let builder = lettre::Message::builder()
            .date(system_time(draft.now))
            .from(from)
            .to(Mailbox::new(
                mail.name().map(str::to_owned),
                draft.to.clone(),
            ))
            .subject(words.subject.clone())
            .message_id(Some(message_id.clone()))
            .header(OutboxId(id.to_string()))
            .header(AutoSubmitted)
            .header(FeedbackId::of(draft));
        let assembled = unsubscribe::headers(builder, draft).multipart(parts)?;
        Ok(Message {
            id: *id,
            sender: match &self.return_path {
                Some(path) => path.of(draft.return_id.as_deref()),
                None => self.from.email.clone(),
            },
            recipient: draft.to.clone(),
            message_id,
            words,
            raw: self
                .dkim
                .sign(assembled.formatted(), self.from.email.domain(), draft.now),
        })
    }
}

/// `Name <address>`, `"Name" <address>` or an address. Read here and not by lettre, whose parser
/// takes neither accents nor dots in a name that is not quoted, as people write it.
fn sender(text: &str) -> Result<Mailbox, InvalidAddress> {
    let Some((name, rest)) = text.trim().split_once('<') else {
        return Ok(Mailbox::new(None, mail_address(text.trim())?));
    };
    let address = mail_address(rest.strip_suffix('>').ok_or(InvalidAddress)?)?;
    let name = name.trim();
    let unquoted = name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
        .unwrap_or(name);
    Ok(Mailbox::new(cleaned(unquoted, 100), address))
}

/// The domain of a sender, as `email.from` has it.
///
/// ```
/// use laurel_notify::mail::sender_domain;
///
/// assert_eq!(sender_domain("Café Central <club@example.com>")?, "example.com");
/// # Ok::<(), laurel_notify::mail::InvalidAddress>(())
/// ```
///
/// # Errors
///
/// `from` is not one plain address with or without a name.
pub fn sender_domain(from: &str) -> Result<String, InvalidAddress> {
    Ok(sender(from)?.email.domain().to_owned())
}

/// The name of a sender, as `email.from` has it; without one, the domain.
///
/// ```
/// use laurel_notify::mail::sender_name;
///
/// assert_eq!(sender_name("Café Central <club@example.com>")?, "Café Central");
/// assert_eq!(sender_name("club@example.com")?, "example.com");
/// # Ok::<(), laurel_notify::mail::InvalidAddress>(())
/// ```
///
/// # Errors
///
/// `from` is not one plain address with or without a name.
pub fn sender_name(from: &str) -> Result<String, InvalidAddress> {
    let Mailbox { name, email } = sender(from)?;
    Ok(name.unwrap_or_else(|| email.domain().to_owned()))
}

fn system_time(now: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0))
}

/// The outbox row's id once more: some relays put a `Message-ID` of their own in place of ours.
#[derive(Clone)]
struct OutboxId(String);

impl Header for OutboxId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Laurel-Message")
    }

    fn parse(value: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(value.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// Keeps vacation notices from answering (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// What complaints are counted by at receivers that read it: which mail, whose, and who sends it.
#[derive(Clone)]
struct FeedbackId(String);

impl FeedbackId {
    fn of(draft: &Draft<'_>) -> Self {
        let mail = match draft.mail.direction() {
            Direction::Upgrade => "tier-upgrade",
            Direction::Downgrade => "tier-downgrade",
        };
        Self(format!("{mail}:{}:tiers:laurel", draft.source))
    }
}

impl Header for FeedbackId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Feedback-ID")
    }

    fn parse(value: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(value.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}
