//! `Brand`: how the mails of one source look, whom they speak for, and in which language.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use laurel_store::Source;
use unic_langid::LanguageIdentifier;

use super::Color;
use crate::language::ORIGINAL;

/// How the mails of one source look, whom they speak for, and in which language.
///
/// ```
/// use laurel_notify::mail::{Brand, Logo};
///
/// let cafe = Brand {
///     name: Some("Café Central".to_owned()),
///     logo: Some(Logo { url: "https://cafe.example.com/logo.png".to_owned(), width: 120 }),
///     ..Brand::default()
/// };
/// ```
#[derive(Clone, Debug)]
pub struct Brand {
    /// What the programme is called; the sender's name, unless set.
    pub name: Option<String>,
    /// The colour of the bar, the button and the links.
    pub color: Color,
    /// The logo in place of the name at the top.
    pub logo: Option<Logo>,
    /// The site that logo and name lead to.
    pub website: Option<String>,
    /// Where customers see their account: the button.
    pub account: Option<String>,
    /// Where they find help.
    pub support: Option<String>,
    /// The postal address at the end, its lines parted by line breaks.
    pub address: Option<String>,
    /// Whether a mail tells what the wallet holds.
    pub balance: bool,
    /// The language of customers of whom no other is known.
    pub locale: LanguageIdentifier,
    /// Where a customer's language is looked for in their profile, the best place first. What is found at a path that
    /// ends in `country` is a country.
    pub locale_paths: Vec<String>,
    /// Where the days begin that a mail names.
    pub time_zone: TimeZone,
    /// The folders with templates and messages in place of the shipped ones, the most important one first.
    pub templates: Vec<PathBuf>,
}

/// A picture from the brand's own server.
///
/// ```
/// use laurel_notify::mail::Logo;
///
/// let logo = Logo { url: "https://cafe.example.com/logo.png".to_owned(), width: 120 };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logo {
    /// Where it is.
    pub url: String,
    /// How wide it is shown, in pixels.
    pub width: u16,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: None,
            color: Color::default(),
            logo: None,
            website: None,
            account: None,
            support: None,
            address: None,
            balance: false,
            locale: ORIGINAL,
            locale_paths: ["tags.locale", "metadata.locale", "country"]
                .map(str::to_owned)
                .into(),
            time_zone: TimeZone::UTC,
            templates: Vec::new(),
        }
    }
}

/// The brands of all sources.
///
/// ```
/// use laurel_notify::mail::{Brand, Brands};
/// use laurel_store::Source;
///
/// let mut brands = Brands::default();
/// let cafe = Brand { color: "#7a4a22".parse()?, ..Brand::default() };
/// brands.of_source.insert(Source::new("cafe")?, cafe);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Brands {
    /// That of every source that has none of its own.
    pub common: Brand,
    /// Those of single sources.
    pub of_source: BTreeMap<Source, Brand>,
}
