//! The language of a page: the customer's own, as their mail has it, or what the browser asks for (RFC 9110 §12.5.4), as
//! far as there is one of ours.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::language::LanguageIdentifier;

/// Longer than any browser's list.
const LONGEST: usize = 512;

/// That of `ours` in which somebody with this locale reads.
pub(super) fn of_locale<'a>(locale: &LanguageIdentifier, ours: &[&'a str]) -> Option<&'a str> {
    let mut ours = ours.iter().copied();
    ours.find(|one| *one == locale.language.as_str())
}

/// The first of `ours` that the browser would take, by its order of preference.
pub(super) fn asked_for<'a>(headers: &HeaderMap, ours: &[&'a str]) -> Option<&'a str> {
    let list = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut ranges: Vec<(&str, f32)> = list
        .get(..LONGEST)
        .unwrap_or(list)
        .split(',')
        .filter_map(range)
        .collect();
    ranges.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    ranges.iter().find_map(|(tag, _)| {
        let language = tag.split('-').next()?;
        let mut ours = ours.iter().copied();
        ours.find(|one| one.eq_ignore_ascii_case(language))
    })
}

/// A language and how much it is wanted; none where it is not.
fn range(text: &str) -> Option<(&str, f32)> {
    let (tag, weight) = match text.split_once(';') {
        Some((tag, weight)) => (tag, weight.trim().strip_prefix("q=")?.parse().ok()?),
        None => (text, 1.0),
    };
    (weight > 0.0).then(|| (tag.trim(), weight))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(list: &str) -> Option<&'static str> {
        let value = HeaderValue::from_bytes(list.as_bytes()).expect("a value");
        let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, value)]);
        asked_for(&headers, &["en", "es", "pt", "fr"])
    }

    #[test]
    fn the_language_that_is_wanted_most_and_that_there_is_is_taken() {
        for (list, language) in [
            ("es", Some("es")),
            ("es-CO,es;q=0.9,en;q=0.8", Some("es")),
            ("de-DE, pt-BR;q=0.7, en;q=0.8", Some("en")),
            ("en;q=0.1,FR-ca;q=0.2", Some("fr")),
            ("en;q=0,pt", Some("pt")),
            ("de", None),
            ("*", None),
            ("", None),
            ("es;q=NaN", None),
            ("es;q=x,;;;,q=1", None),
            ("español", None),
        ] {
            assert_eq!(asked(list), language, "{list}");
        }
        let long = format!("{}es", "de,".repeat(10_000));
        assert_eq!(asked(&long), None);
    }
}
