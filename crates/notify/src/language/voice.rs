//! `Voice`: one language, as it is written in one country.

use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::FluentArgs;
use jiff::civil::Date;
use laurel_payloads::Amount;
use unic_langid::{CharacterDirection, LanguageIdentifier};

use super::messages::Messages;
use super::{WordingError, formats};

/// A language, as it is written in one country. Cheap to clone.
///
/// ```
/// use laurel_notify::language::{self, Languages, ORIGINAL};
///
/// let languages = Languages::new(&[], &[])?;
/// let voice = languages.choose(language::locale("es-CO").as_ref(), &ORIGINAL);
/// assert_eq!(voice.number("1250.5".parse()?), "1.250,5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Voice {
    locale: LanguageIdentifier,
    messages: Arc<Messages>,
}

/// What a message is told.
///
/// ```
/// use laurel_notify::language::{Arg, Args};
///
/// let args = Args::from([
///     ("programme", Arg::Text("Café Central".to_owned())),
///     ("changes", Arg::Count(2)),
/// ]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arg {
    /// Words, as they are to be said.
    Text(String),
    /// A number of things, which decides about the plural.
    Count(u64),
}

/// What messages are told, by the names of their variables.
///
/// ```
/// use laurel_notify::language::{Args, Languages, ORIGINAL};
///
/// let languages = Languages::new(&[], &[])?;
/// let english = languages.choose(None, &ORIGINAL);
/// assert!(english.say("no-such-message", &Args::new()).is_err());
/// # Ok::<(), laurel_notify::language::WordingError>(())
/// ```
pub type Args = BTreeMap<&'static str, Arg>;

impl Voice {
    pub(super) fn new(locale: LanguageIdentifier, messages: Arc<Messages>) -> Self {
        Self { locale, messages }
    }

    /// The locale as `lang` of a document has it, such as pt-BR.
    pub fn lang(&self) -> String {
        self.locale.to_string()
    }

    /// The folder that the messages are from, such as pt.
    pub(crate) fn messages(&self) -> &LanguageIdentifier {
        self.messages.locale()
    }

    /// Which way it is written, as `dir` of a document has it.
    pub fn dir(&self) -> &'static str {
        match self.locale.character_direction() {
            CharacterDirection::RTL => "rtl",
            _ => "ltr",
        }
    }

    /// Says a message.
    ///
    /// # Errors
    /// There is no such message, or it lacks an argument.
    pub fn say(&self, id: &str, args: &Args) -> Result<String, WordingError> {
        self.messages.say(id, &fluent(args))
    }

    /// A number as it is written there.
    pub fn number(&self, amount: Amount) -> String {
        formats::number(&self.locale, amount)
    }

    /// A day as it is written there, in words.
    pub fn date(&self, date: Date) -> String {
        formats::date(&self.locale, date)
    }
}

fn fluent(args: &Args) -> FluentArgs<'_> {
    let mut fluent = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        match arg {
            Arg::Text(text) => fluent.set(*name, text.as_str()),
            Arg::Count(count) => fluent.set(*name, *count),
        }
    }
    fluent
}
