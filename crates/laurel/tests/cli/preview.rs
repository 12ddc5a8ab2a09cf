//! `laurel email preview`: what it writes, and what it refuses.

use crate::place::Place;
use laurel_testkit::fixture;

/// A place with the file `event.json`.
fn place_with(event: &[u8]) -> Place {
    let place = Place::new();
    std::fs::write(place.path().join("event.json"), event).unwrap();
    place
}

#[tokio::test]
async fn a_tier_change_is_written_as_html_text_and_the_raw_message() {
    let place = place_with(fixture("04_tier_upgrade"));
    let command = ["email", "preview", "--event", "event.json", "--out", "seen"];
    let said = place.answer(&command).await;
    assert!(said.starts_with("Subject: "), "{said}");
    let read = |name| std::fs::read_to_string(place.path().join("seen").join(name)).unwrap();
    assert!(read("mail.html").starts_with("<!DOCTYPE html>"));
    assert!(said.contains(read("mail.txt").trim_end()));
    let raw = read("mail.eml");
    assert!(
        raw.contains("\r\nTo: =?utf-8?b?") && raw.is_ascii(),
        "{raw}"
    );
}

#[tokio::test]
async fn what_makes_no_mail_is_refused_with_the_reason() {
    for (event, reason) in [
        (
            fixture("02_customer_accumulation"),
            "CUSTOMER_ACCUMULATION makes no mail",
        ),
        (b"{}".as_slice(), "event.json: "),
        (b"[]".as_slice(), "event.json: "),
    ] {
        let place = place_with(event);
        let command = ["email", "preview", "--event", "event.json"];
        let (code, said) = place.refusal(&command).await;
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(reason), "{said}");
    }
    let place = Place::new();
    let (code, said) = place
        .refusal(&["email", "preview", "--event", "none.json"])
        .await;
    assert!(
        code == 2 && said.contains("none.json cannot be read"),
        "{said}"
    );
    let command = ["email", "preview", "--event", "x", "--source", "nobody"];
    assert_eq!(place.refusal(&command).await.0, 4);
}
