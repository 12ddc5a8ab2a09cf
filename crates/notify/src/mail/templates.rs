//! The templates: those of the binary (`templates/`), and those that an operator puts in their place.
//!
//! A folder holds templates for every language, and in `<locale>/` those for one. Each language has an environment of its
//! own, in which every name stands for the template that counts there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::{
    AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter,
};
use unic_langid::LanguageIdentifier;

use super::facts::{GLOBALS, KNOWN};
use crate::language::{WordingError, entries, line, locale, nearest};

/// What is part of the binary. Each kind of mail has a pair; both extend the same two.
const SHIPPED: [(&str, &str); 8] = [
    (
        "layout.html.jinja",
        include_str!("../../templates/layout.html.jinja"),
    ),
    (
        "layout.txt.jinja",
        include_str!("../../templates/layout.txt.jinja"),
    ),
    (
        "tier_change.html.jinja",
        include_str!("../../templates/tier_change.html.jinja"),
    ),
    (
        "tier_change.txt.jinja",
        include_str!("../../templates/tier_change.txt.jinja"),
    ),
    (
        "tier_upgrade.html.jinja",
        include_str!("../../templates/tier_upgrade.html.jinja"),
    ),
    (
        "tier_upgrade.txt.jinja",
        include_str!("../../templates/tier_upgrade.txt.jinja"),
    ),
    (
        "tier_downgrade.html.jinja",
        include_str!("../../templates/tier_downgrade.html.jinja"),
    ),
    (
        "tier_downgrade.txt.jinja",
        include_str!("../../templates/tier_downgrade.txt.jinja"),
    ),
];

/// The templates, by the locale of the language.
#[derive(Debug)]
pub(super) struct Templates(BTreeMap<String, Edition>);

#[derive(Debug)]
struct Edition {
    environment: Environment<'static>,
    /// The files of those that are not shipped.
    places: BTreeMap<&'static str, PathBuf>,
    /// The messages that they ask for by name.
    said: Vec<String>,
}

impl Templates {
    /// Reads the templates for languages, from `folders`, the most important one first.
    pub(super) fn read(
        locales: impl IntoIterator<Item = LanguageIdentifier>,
        folders: &[&Path],
    ) -> Result<Self, WordingError> {
        for folder in folders {
            refuse_strangers(folder, true)?;
        }
        let edition =
            |locale: LanguageIdentifier| Ok((locale.to_string(), Edition::read(&locale, folders)?));
        Ok(Self(
            locales.into_iter().map(edition).collect::<Result<_, _>>()?,
        ))
    }

    /// The messages that templates ask for by name.
    pub(super) fn said(&self) -> Vec<String> {
        self.0
            .values()
            .flat_map(|edition| edition.said.clone())
            .collect()
    }

    pub(super) fn render(
        &self,
        locale: &LanguageIdentifier,
        name: &str,
        facts: &Value,
    ) -> Result<String, WordingError> {
        let tag = locale.to_string();
        let Some(edition) = self.0.get(&tag) else {
            return Err(WordingError::new(tag, "has no templates"));
        };
        let template = edition.environment.get_template(name);
        template
            .and_then(|template| template.render(facts))
            .map_err(|error| edition.wrong(name, &error))
    }
}

impl Edition {
    fn read(locale: &LanguageIdentifier, folders: &[&Path]) -> Result<Self, WordingError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(escape);
        environment.set_formatter(write_value);
        let syntax = SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build();
        environment
            .set_syntax(syntax.map_err(|error| WordingError::new("syntax", error.to_string()))?);
        let mut edition = Self {
            environment,
            places: BTreeMap::new(),
            said: Vec::new(),
        };
        for (name, shipped) in SHIPPED {
            let text = match overriding(name, locale, folders) {
                Some(path) => {
                    let text = fs::read_to_string(&path);
                    let text = text.map_err(|error| WordingError::unreadable(&path, &error))?;
                    edition.said.extend(said(&text));
                    edition.places.insert(name, path);
                    text
                }
                None => shipped.to_owned(),
            };
            let added = edition.environment.add_template_owned(name, text);
            added.map_err(|error| edition.wrong(name, &error))?;
            edition.refuse_unknown(name)?;
        }
        Ok(edition)
    }

    /// Refuses what no mail has, wherever it stands: also in a branch that is seldom taken.
    fn refuse_unknown(&self, name: &str) -> Result<(), WordingError> {
        let template = self
            .environment
            .get_template(name)
            .map_err(|error| self.wrong(name, &error))?;
        let known = |asked: &String| {
            let root = asked.split('.').next().unwrap_or_default();
            let leads = |known: &&str| *known == asked || known.starts_with(&format!("{asked}."));
            GLOBALS.contains(&root) || KNOWN.iter().any(leads)
        };
        let mut asked: Vec<_> = template.undeclared_variables(true).into_iter().collect();
        asked.sort();
        match asked.iter().find(|asked| !known(asked)) {
            Some(asked) => {
                let near = nearest(asked, KNOWN.into_iter());
                Err(WordingError::new(
                    self.place(name),
                    format!("no mail has `{asked}`{near}"),
                ))
            }
            None => Ok(()),
        }
    }

    fn place(&self, name: &str) -> String {
        self.places
            .get(name)
            .map_or_else(|| name.to_owned(), |path| path.display().to_string())
    }

    fn wrong(&self, name: &str, error: &minijinja::Error) -> WordingError {
        let place = self.place(error.name().unwrap_or(name));
        let place = error
            .line()
            .map_or_else(|| place.clone(), |line| format!("{place}:{line}"));
        let kind = error.kind().to_string();
        let problem = error
            .detail()
            .map_or_else(|| kind.clone(), |detail| format!("{kind}: {detail}"));
        WordingError::new(place, problem)
    }
}

/// The file that stands for a template in a language: that of the most exact locale, of the most important folder.
fn overriding(name: &str, locale: &LanguageIdentifier, folders: &[&Path]) -> Option<PathBuf> {
    let mut files = Vec::new();
    for locale in line(locale).iter().rev() {
        files.extend(
            folders
                .iter()
                .map(|folder| folder.join(locale.to_string()).join(name)),
        );
    }
    files.extend(folders.iter().map(|folder| folder.join(name)));
    files.into_iter().find(|file| file.is_file())
}

/// A file that goes by no known name would be without effect.
fn refuse_strangers(folder: &Path, outermost: bool) -> Result<(), WordingError> {
    for path in entries(folder)? {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let place = path.display().to_string();
        if path.is_dir() {
            let known = outermost && locale(&name).is_some_and(|locale| locale.to_string() == name);
            if !known {
                let problem = "is no locale, written as in pt-BR";
                return Err(WordingError::new(place, problem));
            }
            refuse_strangers(&path, false)?;
        } else if !SHIPPED.iter().any(|(known, _)| *known == name)
            && (outermost || path.extension().is_none_or(|end| end != "ftl"))
        {
            let near = nearest(&name, SHIPPED.iter().map(|(known, _)| *known));
            return Err(WordingError::new(
                place,
                format!("is the name of no template{near}"),
            ));
        }
    }
    Ok(())
}

/// The messages that a template asks for by name: `say("…")`.
fn said(text: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for asked in text.split("say(").skip(1) {
        let asked = asked.trim_start();
        let Some(quote) = asked
            .chars()
            .next()
            .filter(|first| ['"', '\''].contains(first))
        else {
            continue;
        };
        // What is put together from parts is said when each mail is tried out.
        if let Some((id, rest)) = asked[1..].split_once(quote)
            && rest.trim_start().starts_with([')', ','])
        {
            ids.push(id.to_owned());
        }
    }
    ids
}

/// Writes what stands in braces. Slashes stay as they are: some readers look for links in the source.
fn write_value(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => {
            for part in text.split_inclusive(['&', '<', '>', '"', '\'']) {
                let special = part
                    .char_indices()
                    .next_back()
                    .and_then(|(at, last)| Some((&part[..at], entity(last)?)));
                let (plain, entity) = special.unwrap_or((part, ""));
                out.write_str(plain)?;
                out.write_str(entity)?;
            }
            Ok(())
        }
        _ => escape_formatter(out, state, value),
    }
}

fn entity(special: char) -> Option<&'static str> {
    match special {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#x27;"),
        _ => None,
    }
}

/// HTML is escaped, plain text is not: escaping is no property of the data.
fn escape(name: &str) -> AutoEscape {
    if name.ends_with(".html.jinja") {
        AutoEscape::Html
    } else {
        AutoEscape::None
    }
}
