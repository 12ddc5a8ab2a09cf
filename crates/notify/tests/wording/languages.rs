//! The words in each language.

use laurel_notify::mail::{Brand, TierMail};

use crate::desk::{composer, occasions, write};

/// Every mail as plain text.
fn texts(language: &str) -> String {
    let composer = composer(Brand::default());
    let text = |(occasion, mail): (&str, TierMail)| {
        let words = write(&composer, &mail, language).words;
        format!(
            "=== {occasion}\nSubject: {}\n\n{}\n",
            words.subject, words.text
        )
    };
    occasions().into_iter().map(text).collect()
}

#[test]
fn english_reads_as_in_the_snapshot() {
    insta::assert_snapshot!("en", texts("en-US"));
}

#[test]
fn spanish_reads_as_in_the_snapshot() {
    insta::assert_snapshot!("es", texts("es-CO"));
}

#[test]
fn portuguese_reads_as_in_the_snapshot() {
    insta::assert_snapshot!("pt", texts("pt-BR"));
}

#[test]
fn french_reads_as_in_the_snapshot() {
    insta::assert_snapshot!("fr", texts("fr-FR"));
}

#[test]
fn a_language_falls_back_to_its_root_and_then_to_the_default_of_the_brand() {
    let spanish = Brand {
        locale: "es-CO".parse().unwrap(),
        ..Brand::default()
    };
    let composer = composer(spanish);
    let (_, mail) = occasions().remove(0);
    for (wanted, lang, subject) in [
        ("pt-BR", "pt-BR", "Agora você é Silver"),
        ("pt-AO", "pt-AO", "Agora você é Silver"),
        ("fr-CA", "fr-CA", "Vous passez au niveau Silver"),
        ("zh-Hant-TW", "es-CO", "Ya eres Silver"),
        ("en", "en", "You are now Silver"),
    ] {
        let words = write(&composer, &mail, wanted).words;
        assert_eq!(words.subject, subject, "{wanted}");
        let tag = format!("<html lang=\"{lang}\" dir=\"ltr\">");
        assert!(words.html.contains(&tag), "{wanted}: {}", words.html);
    }
}

#[test]
fn the_day_is_that_of_the_brands_time_zone() {
    let bogota = jiff::tz::TimeZone::get("America/Bogota").unwrap();
    let composer = composer(Brand {
        time_zone: bogota,
        ..Brand::default()
    });
    let at = laurel_payloads::Timestamp::parse_rfc3339("2026-02-01T03:00:00Z").unwrap();
    let (_, mail) = occasions().remove(0);
    let text = write(&composer, &mail.changed_at(at), "en-US").words.text;
    assert!(text.contains("on January 31, 2026."), "{text}");
}
