//! Mistakes in an operator's folder are found when it is read, never with a customer's mail.

use laurel_notify::mail::{Brand, Brands, Composer};
use tempfile::TempDir;

use crate::desk::put;

/// What is said of a folder that holds this file.
fn said(name: &str, text: &str) -> String {
    let folder = TempDir::new().unwrap();
    put(folder.path(), name, text);
    let common = Brand {
        templates: vec![folder.path().to_owned()],
        ..Brand::default()
    };
    let brands = Brands {
        common,
        ..Brands::default()
    };
    let error = Composer::new("club@example.com", &brands)
        .unwrap_err()
        .to_string();
    let root = format!("{}/", folder.path().display());
    error.replace(&root, "")
}

#[test]
fn e8_a_template_that_is_wrong_is_refused_with_its_place() {
    let template = "tier_upgrade.txt.jinja";
    for (text, expected) in [
        (
            "Hello {{ nmae }}",
            "tier_upgrade.txt.jinja: no mail has `nmae`; did you mean `name`?",
        ),
        (
            "{% if false %}{{ brand.logo.size }}{% endif %}",
            "tier_upgrade.txt.jinja: no mail has `brand.logo.size`",
        ),
        (
            "line one\n{% if %}",
            "tier_upgrade.txt.jinja:2: syntax error",
        ),
        (
            "{{ name | shout }}",
            "tier_upgrade.txt.jinja:1: unknown filter",
        ),
        (
            "{% if false %}{{ say('gretting') }}{% endif %}",
            "the message `gretting` is missing",
        ),
        (
            "{{ say('greet' ~ 'ting') }}",
            "greetting: there is no such message",
        ),
        (
            "{% extends 'nowhere.jinja' %}",
            "tier_upgrade.txt.jinja:1: template not found",
        ),
        (
            "{{ say('greeting', colour='x') }}",
            "messages have no variable `$colour`",
        ),
    ] {
        let said = said(template, text);
        assert!(said.contains(expected), "{text}: {said}");
    }
}

#[test]
fn e8_a_message_that_is_wrong_is_refused_with_its_place() {
    let file = "es/mail.ftl";
    for (text, expected) in [
        (
            "greeting = Hola { $nmae }\n",
            "es/mail.ftl: unknown variable `$nmae`; did you mean `name`?",
        ),
        (
            "greeting = { $named ->\n [yes] Hola { $nombre }\n *[no] Hola\n}\n",
            "unknown variable `$nombre`",
        ),
        (
            "greting = Hola\n",
            "no template says the message `greting`; did you mean `greeting`?",
        ),
        ("greeting = { other }\n", "the message `other` is missing"),
        (
            "footer-reason = x\ngreeting = {\n",
            "es/mail.ftl:3: Expected an inline expression",
        ),
        ("greeting = { NUMBER }\n", "the message `NUMBER` is missing"),
        ("greeting = { -nobody }\n", "Unknown term: -nobody"),
    ] {
        let said = said(file, text);
        assert!(said.contains(expected), "{text}: {said}");
    }
}

#[test]
fn e8_a_language_that_is_not_complete_and_a_file_without_effect_are_refused() {
    for (name, expected) in [
        (
            "de/mail.ftl",
            "de: the message `tier-upgrade-subject` is missing",
        ),
        (
            "tier_upgrad.html.jinja",
            "is the name of no template; did you mean `tier_upgrade.html.jinja`?",
        ),
        (
            "espanol2/mail.ftl",
            "espanol2: is no locale, written as in pt-BR",
        ),
        ("pt_BR/mail.ftl", "pt_BR: is no locale, written as in pt-BR"),
        ("mail.ftl", "mail.ftl: is the name of no template"),
    ] {
        let said = said(name, "greeting = Hallo\n");
        assert!(said.contains(expected), "{name}: {said}");
    }
    let common = Brand {
        templates: vec!["/nowhere/at/all".into()],
        ..Brand::default()
    };
    let brands = Brands {
        common,
        ..Brands::default()
    };
    let error = Composer::new("club@example.com", &brands).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("/nowhere/at/all: cannot be read"),
        "{error}"
    );
}
