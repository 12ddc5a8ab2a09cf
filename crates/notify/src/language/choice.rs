//! Which locale a text means, and what stands in for a locale that is not there.

use unic_langid::LanguageIdentifier;

/// Reads a locale as people write it: `pt-BR`, `pt_BR`, `pt_BR.UTF-8`; none where it is none.
///
/// ```
/// use laurel_notify::language::locale;
///
/// assert_eq!(locale("pt_BR.UTF-8").map(|locale| locale.to_string()).as_deref(), Some("pt-BR"));
/// assert_eq!(locale("español"), None);
/// ```
pub fn locale(text: &str) -> Option<LanguageIdentifier> {
    let text = text.trim().split(['.', '@']).next()?;
    let locale: LanguageIdentifier = text.parse().ok()?;
    (!locale.language.is_empty()).then_some(locale)
}

/// The locale that most people of a country have, by its ISO 3166 code of two letters: `CO` is es-CO.
///
/// ```
/// use laurel_notify::language::locale_of_country;
///
/// assert_eq!(locale_of_country("CO").map(|locale| locale.to_string()).as_deref(), Some("es-CO"));
/// ```
pub fn locale_of_country(code: &str) -> Option<LanguageIdentifier> {
    let region = code
        .trim()
        .parse()
        .ok()
        .filter(|_| code.trim().len() == 2)?;
    let mut locale = LanguageIdentifier::from_parts(
        unic_langid::subtags::Language::default(),
        None,
        Some(region),
        &[],
    );
    locale.maximize();
    locale.script = None;
    (!locale.language.is_empty()).then_some(locale)
}

/// A locale and what stands in for it, the least exact first: pt, pt-BR.
pub(crate) fn line(locale: &LanguageIdentifier) -> Vec<LanguageIdentifier> {
    let (language, script, region, _) = locale.clone().into_parts();
    let of = |script, region| LanguageIdentifier::from_parts(language, script, region, &[]);
    let mut line = vec![
        of(None, None),
        of(script, None),
        of(None, region),
        of(script, region),
    ];
    line.push(locale.clone());
    line.dedup();
    line.sort_by_key(|locale| locale.to_string().len());
    line.dedup();
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_read_as_people_write_it() {
        for (text, read) in [
            ("es", Some("es")),
            ("pt_BR", Some("pt-BR")),
            ("PT-br", Some("pt-BR")),
            ("fr_CA.UTF-8", Some("fr-CA")),
            (" es-419 ", Some("es-419")),
            ("español", None),
            ("", None),
            ("und", None),
            ("../../etc", None),
        ] {
            let locale = locale(text).map(|locale| locale.to_string());
            assert_eq!(locale.as_deref(), read, "{text:?}");
        }
    }

    #[test]
    fn a_country_speaks_what_most_of_its_people_do() {
        for (country, spoken) in [
            ("CO", Some("es-CO")),
            ("mx", Some("es-MX")),
            ("BR", Some("pt-BR")),
            ("FR", Some("fr-FR")),
            ("US", Some("en-US")),
            ("Colombia", None),
            ("57", None),
            ("", None),
        ] {
            let locale = locale_of_country(country).map(|locale| locale.to_string());
            assert_eq!(locale.as_deref(), spoken, "{country:?}");
        }
    }

    #[test]
    fn what_stands_in_is_less_exact() {
        let line = |text| {
            let line = line(&locale(text).unwrap());
            line.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(line("pt-BR"), ["pt", "pt-BR"]);
        assert_eq!(line("es"), ["es"]);
        assert_eq!(line("zh-Hant-TW"), ["zh", "zh-TW", "zh-Hant", "zh-Hant-TW"]);
    }
}
