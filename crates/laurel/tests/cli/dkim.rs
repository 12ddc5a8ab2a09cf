//! `laurel email dkim`: the keys that it makes, the records that it prints, and what it refuses.

use crate::place::Place;

const CONFIG: &str = "email = { transport = \"none\", from = \"Club <club@example.com>\", \
                      dkim = { keys = [{ selector = \"s1\", key_file = \"dkim.pem\" }] } }\n";

#[tokio::test]
async fn a_new_key_is_kept_for_its_owner_and_its_record_printed() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let command = [
        "email",
        "dkim",
        "--new",
        "dkim.pem",
        "--domain",
        "example.com",
    ];
    let record = place.answer(&command).await;
    assert!(
        record.starts_with("laurel._domainkey.example.com. IN TXT \"v=DKIM1; k=ed25519; p="),
        "{record}"
    );
    let file = place.path().join("dkim.pem");
    let key = std::fs::read(&file).unwrap();
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // Once more: the key that is there stays.
    let (code, said) = place.refusal(&command).await;
    assert!(code == 2 && said.contains("dkim.pem"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), key);
    // Configured, it is read, and prints the same record.
    std::fs::write(place.path().join("laurel.toml"), CONFIG).unwrap();
    let configured = place.answer(&["email", "dkim"]).await;
    assert_eq!(configured, record.replacen("laurel.", "s1.", 1));
    place.answer(&["config", "check"]).await;
}

#[tokio::test]
async fn an_rsa_key_of_others_is_taken_and_its_record_has_pieces() {
    let place = Place::new();
    let key = include_str!("../../../notify/tests/smtp/rsa.pem");
    std::fs::write(place.path().join("rsa.pem"), key).unwrap();
    let command = [
        "email",
        "dkim",
        "--key",
        "rsa.pem",
        "--selector",
        "old",
        "--domain",
        "example.com",
    ];
    let record = place.answer(&command).await;
    let start =
        "old._domainkey.example.com. IN TXT \"v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A";
    assert!(record.starts_with(start), "{record}");
    let pieces: Vec<_> = record.split('"').collect();
    assert!(pieces.iter().all(|piece| piece.len() <= 255), "{record}");
    assert_eq!(pieces.len(), 5, "{record}");
}

#[tokio::test]
async fn a_key_that_signs_nothing_is_refused_before_the_start() {
    let place = Place::new();
    std::fs::write(place.path().join("laurel.toml"), CONFIG).unwrap();
    let (code, said) = place.refusal(&["config", "check"]).await;
    assert!(
        code == 2 && said.contains("email.dkim.keys.0.key_file: dkim.pem"),
        "{said}"
    );
    std::fs::write(place.path().join("dkim.pem"), "secret").unwrap();
    let (code, said) = place.refusal(&["config", "check"]).await;
    assert!(code == 2 && said.contains("holds no private key"), "{said}");
    assert!(!said.contains("secret"), "{said}");
    let (code, said) = Place::new().refusal(&["email", "dkim"]).await;
    assert!(code == 2 && said.contains("no key is configured"), "{said}");
}
