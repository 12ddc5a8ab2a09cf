//! `Messages`: all messages in one language, read from where they are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::{ORIGINAL, WordingError, check, choice};

/// What is part of the binary, by locale.
const SHIPPED: &[(&str, &[&str])] = &[
    ("en", &[include_str!("../../locales/en/mail.ftl")]),
    ("es", &[include_str!("../../locales/es/mail.ftl")]),
    ("fr", &[include_str!("../../locales/fr/mail.ftl")]),
    ("pt", &[include_str!("../../locales/pt/mail.ftl")]),
];

pub(super) struct Messages {
    locale: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Messages {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Messages")
            .field(&self.locale.to_string())
            .finish()
    }
}

/// The locales that are shipped, and those that have a folder in one of `folders`.
pub(crate) fn locales(folders: &[&Path]) -> Result<BTreeSet<LanguageIdentifier>, WordingError> {
    let mut locales: BTreeSet<_> = SHIPPED
        .iter()
        .filter_map(|(tag, _)| choice::locale(tag))
        .collect();
    for folder in folders {
        for path in entries(folder)? {
            let name = path.file_name().and_then(|name| name.to_str());
            if path.is_dir()
                && let Some(locale) = name.and_then(choice::locale)
            {
                locales.insert(locale);
            }
        }
    }
    Ok(locales)
}

/// What is in a folder, hidden things left out, in the order of their names.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, WordingError> {
    let unreadable = |error| WordingError::unreadable(folder, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

impl Messages {
    pub(super) fn read(
        locale: &LanguageIdentifier,
        folders: &[&Path],
        said: &[String],
    ) -> Result<Self, WordingError> {
        let mut bundle = FluentBundle::new_concurrent(vec![locale.clone()]);
        // The marks would stand in subjects and plain text, where some readers show them.
        bundle.set_use_isolating(false);
        let mut referred = BTreeSet::new();
        for locale in choice::line(locale) {
            for text in shipped(&locale) {
                bundle.add_resource_overriding(parse(text, &format!("{locale}/*.ftl"))?);
            }
            for folder in folders.iter().rev() {
                for (place, text) in texts(folder, &locale)? {
                    let resource = parse(&text, &place)?;
                    check::known_ids(&resource, &place, &shipped_ids()?, said)?;
                    referred.extend(check::referred(&resource));
                    bundle.add_resource_overriding(resource);
                }
            }
        }
        let messages = Self {
            locale: locale.clone(),
            bundle,
        };
        messages.check(said.iter().chain(&referred))?;
        Ok(messages)
    }

    pub(super) fn locale(&self) -> &LanguageIdentifier {
        &self.locale
    }

    pub(super) fn say(&self, id: &str, args: &FluentArgs<'_>) -> Result<String, WordingError> {
        let wrong = |problem: String| WordingError::new(format!("{}: {id}", self.locale), problem);
        let message = self.bundle.get_message(id);
        let Some(pattern) = message.and_then(|message| message.value()) else {
            return Err(wrong("there is no such message".to_owned()));
        };
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut faults);
        match faults.first() {
            Some(fault) => Err(wrong(fault.to_string())),
            None => Ok(text.into_owned()),
        }
    }

    /// Every message is there, shipped ones, and those that others or templates name.
    fn check<'a>(&self, named: impl Iterator<Item = &'a String>) -> Result<(), WordingError> {
        let mut wanted = shipped_ids()?.into_iter().chain(named.cloned());
        match wanted.find(|id| !self.bundle.has_message(id)) {
            Some(id) => {
                let problem = format!("the message `{id}` is missing");
                Err(WordingError::new(self.locale.to_string(), problem))
            }
            None => Ok(()),
        }
    }
}

fn shipped(locale: &LanguageIdentifier) -> impl Iterator<Item = &'static str> {
    let found = SHIPPED.iter().find(|(tag, _)| *locale == *tag);
    found
        .into_iter()
        .flat_map(|(_, texts)| texts.iter().copied())
}

/// The messages that there must be in every language.
fn shipped_ids() -> Result<Vec<String>, WordingError> {
    let mut ids = Vec::new();
    for text in shipped(&ORIGINAL) {
        ids.extend(check::ids(&parse(text, "en/*.ftl")?));
    }
    Ok(ids)
}

fn texts(
    folder: &Path,
    locale: &LanguageIdentifier,
) -> Result<Vec<(String, String)>, WordingError> {
    let mut texts = Vec::new();
    for entry in entries(folder)? {
        let named = entry
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(choice::locale);
        if entry.is_dir() && named.as_ref() == Some(locale) {
            let files = entries(&entry)?.into_iter();
            for path in files.filter(|path| path.extension().is_some_and(|end| end == "ftl")) {
                let text = fs::read_to_string(&path)
                    .map_err(|error| WordingError::unreadable(&path, &error))?;
                texts.push((path.display().to_string(), text));
            }
        }
    }
    Ok(texts)
}

/// Reads a file, and checks what it refers to.
fn parse(text: &str, place: &str) -> Result<FluentResource, WordingError> {
    let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, faults)| {
        let Some(fault) = faults.first() else {
            return WordingError::new(place, "cannot be understood");
        };
        let before = text.get(..fault.pos.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        WordingError::new(format!("{place}:{line}"), fault.kind.to_string())
    })?;
    check::references(&resource, place)?;
    Ok(resource)
}
