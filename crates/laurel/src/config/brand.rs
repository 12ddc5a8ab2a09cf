//! `[email.brand]` and `[sources.<name>.brand]`: how mails look, whom they speak for, and in which language.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use laurel_notify::language;
use laurel_notify::mail::{self, Logo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How mails look, whom they speak for, and in which language. What a source's own brand leaves out is as in
/// `[email.brand]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// What the programme is called; the sender's name, unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The colour of the bar and the button, such as `#2c6446`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// The URL of the logo, shown in place of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// How wide the logo is shown, in pixels; 160 unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo_width: Option<u16>,
    /// The site that logo and name lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Where customers see their account: the mail has a button that leads there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Where they find help: a page, or `mailto:help@example.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// The postal address at the end; `\n` parts its lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether a mail tells what the wallet holds; not, unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<bool>,
    /// The language of customers whose own is not known, such as `es-CO`; `en` unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Where a customer's language is looked for in Masivo's profile of them; what is found at a path that ends in
    /// `country` is a country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale_paths: Option<Vec<String>>,
    /// Where the days begin that a mail names, such as `America/Bogota`; UTC unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// A folder with templates and messages of the source's own; `email.templates` is for all sources.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub templates: Option<PathBuf>,
}

/// A key and what is wrong with its value.
type Wrong = (&'static str, String);

impl Brand {
    /// This brand, with what it leaves out as `common` has it.
    pub(crate) fn over(&self, common: &Self) -> Self {
        let this = self.clone();
        Self {
            name: this.name.or_else(|| common.name.clone()),
            color: this.color.or_else(|| common.color.clone()),
            logo: this.logo.or_else(|| common.logo.clone()),
            logo_width: this.logo_width.or(common.logo_width),
            website: this.website.or_else(|| common.website.clone()),
            account: this.account.or_else(|| common.account.clone()),
            support: this.support.or_else(|| common.support.clone()),
            address: this.address.or_else(|| common.address.clone()),
            balance: this.balance.or(common.balance),
            locale: this.locale.or_else(|| common.locale.clone()),
            locale_paths: this.locale_paths.or_else(|| common.locale_paths.clone()),
            time_zone: this.time_zone.or_else(|| common.time_zone.clone()),
            templates: this.templates,
        }
    }

    /// The brand as mails are written with it; `templates` is the folder for all sources.
    pub(crate) fn read(&self, templates: Option<&PathBuf>) -> Result<mail::Brand, Wrong> {
        let usual = mail::Brand::default();
        let logo = link("logo", self.logo.as_ref(), &HTTP)?;
        let logo = logo.map(|url| Logo {
            url,
            width: self.logo_width.unwrap_or(160),
        });
        Ok(mail::Brand {
            name: self.name.clone(),
            color: parsed("color", self.color.as_ref(), |text| {
                text.parse()
                    .map_err(|error: mail::InvalidColor| error.to_string())
            })?
            .unwrap_or(usual.color),
            logo,
            website: link("website", self.website.as_ref(), &HTTP)?,
            account: link("account", self.account.as_ref(), &HTTP)?,
            support: link(
                "support",
                self.support.as_ref(),
                &["https://", "http://", "mailto:"],
            )?,
            address: self.address.clone(),
            balance: self.balance.unwrap_or(usual.balance),
            locale: parsed("locale", self.locale.as_ref(), |text| {
                language::locale(text).ok_or_else(|| "expected a locale such as es-CO".to_owned())
            })?
            .unwrap_or(usual.locale),
            locale_paths: self.locale_paths.clone().unwrap_or(usual.locale_paths),
            time_zone: parsed("time_zone", self.time_zone.as_ref(), |text| {
                TimeZone::get(text)
                    .map_err(|_| "expected a time zone such as America/Bogota".to_owned())
            })?
            .unwrap_or(usual.time_zone),
            templates: self.templates.iter().chain(templates).cloned().collect(),
        })
    }
}

const HTTP: [&str; 2] = ["https://", "http://"];

fn link(
    key: &'static str,
    url: Option<&String>,
    schemes: &[&str],
) -> Result<Option<String>, Wrong> {
    parsed(key, url, |url| {
        let begins = schemes
            .iter()
            .any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
        let plain = url
            .chars()
            .all(|c| c.is_ascii_graphic() && !"\"'<>\\^`{|}".contains(c));
        if begins && plain {
            Ok(url.to_owned())
        } else {
            Err(format!(
                "expected a URL that begins with {}",
                schemes.join(" or ")
            ))
        }
    })
}

fn parsed<T>(
    key: &'static str,
    text: Option<&String>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, Wrong> {
    let parsed = text.map(|text| parse(text));
    parsed.transpose().map_err(|problem| (key, problem))
}
