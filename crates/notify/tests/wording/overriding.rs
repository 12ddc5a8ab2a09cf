//! Templates and messages of an operator's own.

use laurel_notify::mail::Brand;
use tempfile::TempDir;

use crate::desk::{composer, occasions, put, write};

fn brand(folder: &TempDir) -> Brand {
    Brand {
        templates: vec![folder.path().to_owned()],
        ..Brand::default()
    }
}

#[test]
fn a_message_is_put_in_place_of_ours_and_the_others_stay() {
    let folder = TempDir::new().unwrap();
    put(
        folder.path(),
        "es/mail.ftl",
        "tier-upgrade-subject = ¡Eres { $to }!\n",
    );
    put(
        folder.path(),
        "es-MX/mail.ftl",
        "greeting = Qué tal, { $name }:\n",
    );
    let composer = composer(brand(&folder));
    let (_, mail) = occasions().remove(0);
    let colombia = write(&composer, &mail, "es-CO").words;
    assert_eq!(colombia.subject, "¡Eres Silver!");
    assert!(
        colombia.text.starts_with("Hola, Ana María Pérez:\n"),
        "{}",
        colombia.text
    );
    let mexico = write(&composer, &mail, "es-MX").words;
    assert_eq!(mexico.subject, "¡Eres Silver!");
    assert!(
        mexico.text.starts_with("Qué tal, Ana María Pérez:\n"),
        "{}",
        mexico.text
    );
}

#[test]
fn a_template_is_put_in_place_of_ours_for_all_languages_or_for_one() {
    let folder = TempDir::new().unwrap();
    put(
        folder.path(),
        "tier_upgrade.txt.jinja",
        "{{ to_tier }}! {{ say('greeting') }}",
    );
    put(
        folder.path(),
        "fr/layout.txt.jinja",
        "<< {% block content %}{% endblock %} >>",
    );
    let composer = composer(brand(&folder));
    let mails = occasions();
    let text = |mail: usize, language| write(&composer, &mails[mail].1, language).words.text;
    assert_eq!(text(0, "en"), "Silver! Hello Ana María Pérez,");
    assert_eq!(text(0, "fr"), "Silver! Bonjour Ana María Pérez,");
    assert!(text(2, "fr").starts_with("<< ") && !text(2, "en").starts_with("<< "));
}

#[test]
fn a_template_may_say_messages_of_its_own_and_a_language_may_be_added() {
    let folder = TempDir::new().unwrap();
    put(
        folder.path(),
        "tier_downgrade.txt.jinja",
        "{{ say(\"our-own\") }}",
    );
    for language in ["en", "es", "pt", "fr"] {
        put(
            folder.path(),
            &format!("{language}/own.ftl"),
            "our-own = { -shop }: { $to }\n-shop = Shop\n",
        );
    }
    let german: String = include_str!("../../locales/en/mail.ftl").replace("Hello", "Guten Tag");
    put(folder.path(), "de/mail.ftl", &german);
    put(folder.path(), "de/own.ftl", "our-own = Laden: { $to }\n");
    let composer = composer(brand(&folder));
    let mails = occasions();
    assert_eq!(
        write(&composer, &mails[2].1, "en").words.text,
        "Shop: Bronze"
    );
    assert_eq!(
        write(&composer, &mails[2].1, "de-AT").words.text,
        "Laden: Bronze"
    );
    let words = write(&composer, &mails[0].1, "de-AT").words;
    assert!(
        words.text.starts_with("Guten Tag Ana María Pérez,"),
        "{}",
        words.text
    );
    assert!(words.text.contains("on 6. Jänner 2026."), "{}", words.text);
}

#[test]
fn the_folder_of_a_source_comes_before_the_common_one() {
    let (own, common) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    put(own.path(), "en/mail.ftl", "tier-upgrade-subject = Own\n");
    put(
        common.path(),
        "en/mail.ftl",
        "tier-upgrade-subject = Common\ntier-downgrade-subject = Common\n",
    );
    let templates = vec![own.path().to_owned(), common.path().to_owned()];
    let composer = composer(Brand {
        templates,
        ..Brand::default()
    });
    let mails = occasions();
    assert_eq!(write(&composer, &mails[0].1, "en").words.subject, "Own");
    assert_eq!(write(&composer, &mails[2].1, "en").words.subject, "Common");
}
