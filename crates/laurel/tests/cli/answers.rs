//! Commands by themselves: what they print, and the code they exit with.

use std::path::Path;

use crate::TOKEN;
use crate::place::Place;

#[tokio::test]
async fn a_wrong_command_line_or_configuration_exits_with_2() {
    let place = Place::new();
    assert_eq!(place.refusal(&["serv"]).await.0, 2);
    assert_eq!(
        place
            .refusal(&["serve", "--config", "nowhere.toml"])
            .await
            .0,
        2
    );
    std::fs::write(place.path().join("laurel.toml"), "[htpp]\n").unwrap();
    let (code, said) = place.refusal(&["config", "check"]).await;
    assert_eq!(
        (code, said.as_str()),
        (
            2,
            "laurel: laurel.toml: htpp: unknown key `htpp`; did you mean `http`?\n"
        )
    );
    assert_eq!(place.refusal(&["serve"]).await.0, 2);
}

#[tokio::test]
async fn a_configuration_is_checked_and_printed_without_its_secrets() {
    let place = Place::new();
    assert!(
        place
            .answer(&["config", "check"])
            .await
            .starts_with("ok: laurel.toml")
    );
    let printed = place.answer(&["config", "print"]).await;
    assert!(
        printed.contains("token = \"*\"") && !printed.contains(TOKEN),
        "{printed}"
    );
    let again: toml::Table = toml::from_str(&printed).unwrap();
    assert!(again.contains_key("ingest"));
}

#[tokio::test]
async fn a_database_that_is_not_there_or_cannot_be_exits_with_3() {
    let place = Place::new();
    let (code, said) = place.refusal(&["keys", "list"]).await;
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("does not exist"), "{said}");
    let toml = std::fs::read_to_string(place.path().join("laurel.toml")).unwrap();
    std::fs::create_dir(place.path().join("folder")).unwrap();
    std::fs::write(
        place.path().join("text.db"),
        "not a database, but long enough to look at".repeat(200),
    )
    .unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("elsewhere.db", place.path().join("link.db")).unwrap();
    for (file, reason) in [
        ("folder", "it is a folder"),
        ("missing/laurel.db", "there is no folder missing"),
        ("link.db", "it is a symbolic link"),
        ("text.db", "is not a database"),
    ] {
        std::fs::write(
            place.path().join("laurel.toml"),
            format!("{toml}[database]\nurl = \"sqlite://{file}\"\n"),
        )
        .unwrap();
        for command in ["migrate", "serve"] {
            let output = place.run(&[command]).await;
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(3), "{command} {file}: {said}");
            assert!(said.contains(reason), "{command} {file}: {said}");
        }
    }
}

#[tokio::test]
async fn migrate_makes_the_database_and_then_finds_it_up_to_date() {
    let place = Place::new();
    assert!(place.answer(&["migrate"]).await.contains("applied"));
    assert_eq!(
        place.answer(&["migrate"]).await,
        "sqlite://laurel.db is up to date\n"
    );
}

#[tokio::test]
async fn a_key_is_printed_once_and_alone_and_can_be_revoked() {
    let place = Place::new();
    place.answer(&["migrate"]).await;
    let key = place
        .answer(&[
            "keys",
            "create",
            "--source",
            "masivo",
            "--scope",
            "read,operate",
            "--name",
            "till",
        ])
        .await;
    assert_eq!(key.split_whitespace().count(), 1);
    let list = place.answer(&["keys", "list"]).await;
    assert!(
        !list.contains(key.trim()) && list.contains("read,operate") && list.contains("till"),
        "{list}"
    );
    let id = list.split_whitespace().next().unwrap();
    place.answer(&["keys", "revoke", id]).await;
    assert_eq!(place.refusal(&["keys", "revoke", id]).await.0, 4);
    assert_eq!(place.refusal(&["keys", "revoke", "x"]).await.0, 4);
    assert_eq!(
        place
            .refusal(&["keys", "create", "--source", "other"])
            .await
            .0,
        4
    );
}

#[tokio::test]
async fn a_signing_key_is_replaced_and_it_is_kept_who_did() {
    let place = Place::new();
    place.answer(&["migrate"]).await;
    let said = place.answer(&["keys", "rotate", "customer-tokens"]).await;
    assert!(said.starts_with("customer-tokens: ") && said.contains("verifies until"));
    let again = place
        .answer(&["keys", "rotate", "customer-tokens", "--forget"])
        .await;
    assert!(
        again.contains("within a minute") && again[..50] != said[..50],
        "{again}"
    );
    let links = place.answer(&["keys", "rotate", "mail-links"]).await;
    assert!(links.contains("verify for ever"), "{links}");
    let refused = place
        .refusal(&["keys", "rotate", "mail-links", "--forget"])
        .await;
    assert_eq!(refused.0, 2, "{}", refused.1);
    assert_eq!(place.refusal(&["keys", "rotate", "erasures"]).await.0, 2);
    let audit = place.answer(&["audit", "--source", "masivo"]).await;
    let kept: Vec<Vec<&str>> = audit
        .lines()
        .map(|line| line.split("  ").skip(3).collect())
        .collect();
    let expected = [
        ["rotate_signing_key", "customer-tokens", "done"],
        ["rotate_signing_key", "customer-tokens", "old_forgotten"],
        ["rotate_signing_key", "mail-links", "done"],
    ];
    assert_eq!(kept, expected);
}

#[cfg(unix)]
#[tokio::test]
async fn the_demo_shows_a_history_and_a_mail_and_ends() {
    let shown = Place::new().answer(&["demo", "--once"]).await;
    for expected in [
        "TIER_UPGRADE",
        "CUSTOMER_ACCUMULATION",
        "customer(id:",
        "Subject: ",
        "duplicate",
    ] {
        assert!(shown.contains(expected), "{expected} in\n{shown}");
    }
    assert!(!shown.contains('\x1b'), "plain where it is not a terminal");
    let mail = shown
        .split_whitespace()
        .find(|word| word.contains("/mail/"))
        .expect("the mail's path");
    let mail = Path::new(mail);
    assert!(
        std::fs::read_to_string(mail)
            .unwrap()
            .contains("Message-ID: ")
    );
    std::fs::remove_dir_all(mail.ancestors().nth(2).unwrap()).unwrap();
}

#[tokio::test]
async fn schemas_and_completions_need_no_configuration() {
    let place = Place::new();
    std::fs::write(place.path().join("laurel.toml"), "broken").unwrap();
    assert!(
        place
            .answer(&["schema", "graphql"])
            .await
            .contains("type Customer")
    );
    let config: serde_json::Value =
        serde_json::from_str(&place.answer(&["schema", "config"]).await).unwrap();
    assert!(config["properties"]["sources"].is_object());
    assert!(
        place
            .answer(&["schema", "cli"])
            .await
            .contains("## `laurel keys create`")
    );
    assert!(
        place
            .answer(&["completions", "bash"])
            .await
            .contains("laurel")
    );
    place.answer(&["schema", "events", "--out", "events"]).await;
    assert_eq!(
        std::fs::read_dir(place.path().join("events"))
            .unwrap()
            .count(),
        // Each of Masivo's, and what an extension appends.
        laurel_payloads::schemas().len() + 1
    );
}
