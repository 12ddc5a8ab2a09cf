//! The words that customers read: Fluent messages by locale, with numbers and dates as they are written there.
//!
//! English, Spanish, Portuguese and French are part of the binary (`locales/`). An operator's folders put messages in
//! their place, one by one, and add languages. Everything is tried when it is read: a mistake is found at the start.

mod check;
mod choice;
mod error;
mod formats;
mod messages;
mod voice;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

pub use unic_langid::LanguageIdentifier;

pub(crate) use self::check::{VARIABLES, nearest};
pub(crate) use self::choice::line;
pub use self::choice::{locale, locale_of_country};
pub use self::error::WordingError;
pub(crate) use self::messages::{entries, locales};
pub use self::voice::{Arg, Args, Voice};

use self::messages::Messages;

/// The language in which every message exists.
///
/// ```
/// use laurel_notify::language::ORIGINAL;
///
/// assert_eq!(ORIGINAL.to_string(), "en");
/// ```
pub const ORIGINAL: LanguageIdentifier = unic_langid::langid!("en");

/// The languages that there are.
///
/// ```
/// use laurel_notify::language::{self, Languages, ORIGINAL};
///
/// let languages = Languages::new(&[], &[])?;
/// let of_brazil = language::locale("pt_BR");
/// assert_eq!(languages.choose(of_brazil.as_ref(), &ORIGINAL).lang(), "pt-BR");
/// # Ok::<(), laurel_notify::language::WordingError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Languages(BTreeMap<String, Arc<Messages>>);

impl Languages {
    /// Reads what is shipped and what is in `folders` (`<locale>/*.ftl`), the most important one first. `said` are the
    /// messages that a folder's templates ask for beside those that are shipped.
    ///
    /// # Errors
    /// A file cannot be read or understood, names an unknown message or variable, or a language is not complete.
    pub fn new(folders: &[&Path], said: &[String]) -> Result<Self, WordingError> {
        let mut languages = BTreeMap::new();
        for locale in messages::locales(folders)? {
            let messages = Messages::read(&locale, folders, said)?;
            languages.insert(locale.to_string(), Arc::new(messages));
        }
        Ok(Self(languages))
    }

    /// The voice that suits `wanted` best, or else `otherwise`: pt-BR, then pt, then the other one, then English. Numbers
    /// and dates are written as they are in the country that is named.
    ///
    /// # Panics
    /// Never: there is English.
    pub fn choose(
        &self,
        wanted: Option<&LanguageIdentifier>,
        otherwise: &LanguageIdentifier,
    ) -> Voice {
        let found = [wanted, Some(otherwise), Some(&ORIGINAL)]
            .into_iter()
            .flatten()
            .find_map(|locale| Some(Voice::new(locale.clone(), self.nearest(locale)?)));
        found.expect("English is shipped")
    }

    /// Each of them in its own voice.
    pub fn all(&self) -> impl Iterator<Item = Voice> {
        let voice =
            |messages: &Arc<Messages>| Voice::new(messages.locale().clone(), Arc::clone(messages));
        self.0.values().map(voice)
    }

    fn nearest(&self, locale: &LanguageIdentifier) -> Option<Arc<Messages>> {
        let line = choice::line(locale);
        line.iter()
            .rev()
            .find_map(|locale| self.0.get(&locale.to_string()).cloned())
    }
}
