//! `Stationery`: what the mails of one brand are written on and with, tried out before the first of them.

use std::path::Path;

use laurel_payloads::{Amount, Timestamp};
use laurel_store::Source;
use minijinja::value::merge_maps;
use minijinja::{Value, context};
use unic_langid::LanguageIdentifier;
use uuid::Uuid;

use super::clean::cleaned;
use super::locale::customer_locale;
use super::templates::Templates;
use super::{Balance, Brand, Direction, Draft, Links, TierMail, facts, mail_address};
use crate::language::{self, Languages, Voice, WordingError};

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 200;

/// What a mail says.
///
/// ```
/// use laurel_notify::mail::Words;
///
/// /// What fits on a phone's lock screen.
/// fn short(words: &Words) -> String {
///     words.subject.chars().take(60).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Words {
    /// One line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part: a whole document.
    pub html: String,
}

/// A brand with its templates and languages.
#[derive(Debug)]
pub(super) struct Stationery {
    pub(super) brand: Brand,
    pub(super) programme: String,
    templates: Templates,
    languages: Languages,
    constants: Value,
}

impl Stationery {
    /// Reads everything and writes each mail in each language, with everything known and with nothing known, so that a
    /// fault shows at the start and not with a customer's mail. `sender` is the name of who has none.
    pub(super) fn new(brand: &Brand, sender: &str) -> Result<Self, WordingError> {
        let folders: Vec<&Path> = brand.templates.iter().map(AsRef::as_ref).collect();
        let templates = Templates::read(language::locales(&folders)?, &folders)?;
        let languages = Languages::new(&folders, &templates.said())?;
        let name = brand.name.as_deref().unwrap_or(sender);
        let programme = cleaned(name, 100).unwrap_or_else(|| sender.to_owned());
        let stationery = Self {
            constants: facts::constants(brand, &programme),
            brand: brand.clone(),
            programme,
            templates,
            languages,
        };
        stationery
            .languages
            .all()
            .try_for_each(|voice| stationery.try_out(&voice))?;
        Ok(stationery)
    }

    /// Says what a mail is about.
    pub(super) fn write(&self, draft: &Draft<'_>) -> Result<Words, WordingError> {
        self.write_in(draft, &self.voice(draft.locale.as_ref()))
    }

    /// The voice for a customer who has this language.
    pub(super) fn voice(&self, wanted: Option<&LanguageIdentifier>) -> Voice {
        self.languages.choose(wanted, &self.brand.locale)
    }

    /// The language that a profile tells of.
    pub(super) fn locale(&self, profile: &[u8]) -> Option<LanguageIdentifier> {
        customer_locale(profile, &self.brand.locale_paths)
    }

    fn write_in(&self, draft: &Draft<'_>, voice: &Voice) -> Result<Words, WordingError> {
        let (facts, args) = facts::facts(draft, &self.programme, &self.brand.time_zone, voice);
        let subject = voice.say(&format!("{}-subject", draft.mail.occasion()), &args)?;
        let subject = cleaned(&subject, LONGEST_SUBJECT).unwrap_or_default();
        let subject_too = context! { subject => subject.clone() };
        let facts = merge_maps([self.constants.clone(), facts, subject_too]);
        let render = |end| {
            let name = format!("{}.{end}.jinja", draft.mail.template());
            self.templates.render(voice.messages(), &name, &facts)
        };
        Ok(Words {
            text: render("txt")?,
            html: render("html")?,
            subject,
        })
    }

    fn try_out(&self, voice: &Voice) -> Result<(), WordingError> {
        let source = Source::new("sample")
            .map_err(|error| WordingError::new("sample", error.to_string()))?;
        let to = mail_address("ana@example.com")
            .map_err(|error| WordingError::new("sample", error.to_string()))?;
        let now = Timestamp::from_micros(0);
        let links = Links {
            unsubscribe: Some("https://example.com/u".to_owned()),
            preferences: Some("https://example.com/p".to_owned()),
            unsubscribe_by_mail: None,
        };
        let balance = Balance {
            as_of: now,
            rewards: vec![("Points".to_owned(), Amount::from_millionths(1_500_000))],
        };
        for direction in [Direction::Upgrade, Direction::Downgrade] {
            for trigger in [None, Some("CRON_DOWNGRADE"), Some("REVERSAL")] {
                let known = TierMail::new(direction, Some("Ana"), Some("Bronze"), Some("Silver"));
                let arrived = TierMail::new(direction, Some("Ana"), None, Some("Silver"));
                let unknown = TierMail::new(direction, None, None, None);
                for (mail, links) in [
                    (known.outcome_of(3).balance(balance.clone()), links.clone()),
                    (arrived, links.clone()),
                    (unknown, Links::default()),
                ] {
                    let mail = mail.triggered_by(trigger);
                    let draft = Draft {
                        links,
                        ..Draft::new(Uuid::nil(), &source, &mail, to.clone(), now)
                    };
                    self.write_in(&draft, voice)?;
                }
            }
        }
        Ok(())
    }
}
