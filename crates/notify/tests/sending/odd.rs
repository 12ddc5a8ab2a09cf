//! Odd tier events and odd addresses: what is mailed, and what never is.

use std::time::Duration;

use laurel_notify::Failure;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;

use crate::house::{House, ana, change, refusal, registration};

both_databases![
    b28_no_mail_goes_to_what_is_no_plain_address,
    c28_an_upgrade_that_comes_twice_is_one_mail,
    c31_up_and_down_at_once_are_two_mails_in_order_or_none,
    c32_a_change_that_no_relay_took_for_a_week_is_stale,
    c36_a_tier_of_any_name_is_mailed_cut_and_escaped,
];

async fn b28_no_mail_goes_to_what_is_no_plain_address(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let long = format!("{}@example.com", "a".repeat(308));
    let cut = format!("ana@example.com{}", "\0".repeat(2_000));
    let addresses = [
        "",
        " ",
        "a@b",
        "@example.com",
        "ana@",
        "ana",
        "\"a b\"@example.com",
        "añá@example.com",
        "ana@exämple.com",
        "ana@example.com, eve@example.com",
        "ana@example.com;eve@example.com",
        "ana@example.com eve@example.com",
        "Ana <ana@example.com>",
        "<ana@example.com>",
        "ana@example.com\r\nBcc: eve@example.com",
        "ana@example.com\n",
        "\tana@example.com",
        "ana\0@example.com",
        "ana@example.com\0",
        "ana@example.com%0d%0aBcc:eve@example.com",
        "ana@[127.0.0.1]",
        "ana@127.0.0.1",
        "ana@localhost",
        "ana@example..com",
        "mailto:ana@example.com?bcc=eve@example.com",
        "ana@example.com\u{202e}",
        "ａna@example.com",
        &long,
        &cut,
    ];
    for (number, address) in addresses.iter().enumerate() {
        let customer = format!("customer-{number}");
        let profile = registration(&customer, &json!({ "email": address }));
        house
            .receive(&[profile, change(&customer, "Bronze", "Silver")])
            .await;
    }
    house.send().await;
    let states = house.states().await;
    for (address, state) in addresses.iter().zip(&states) {
        assert_eq!(state, "skipped: invalid_address", "{address:?}");
    }
    assert_eq!(states.len(), addresses.len());
    assert!(house.channel.taken().is_empty());
}

async fn c28_an_upgrade_that_comes_twice_is_one_mail(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let upgrade = change("ana", "Bronze", "Silver");
    let respelt = String::from_utf8(upgrade.clone()).unwrap();
    let respelt = respelt.replace("\":", "\" :\n").into_bytes();
    house
        .receive(&[ana(), upgrade.clone(), upgrade.clone()])
        .await;
    house.send().await;
    house.receive(&[respelt, upgrade]).await;
    house.send().await;
    assert_eq!(house.channel.subjects(), ["You are now Silver"]);
    assert_eq!(house.states().await, ["sent"]);
}

async fn c31_up_and_down_at_once_are_two_mails_in_order_or_none(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let up_and_down = |customer| {
        [
            registration(customer, &json!({})),
            change(customer, "Bronze", "Silver"),
            change(customer, "Silver", "Bronze"),
        ]
    };
    house.receive(&up_and_down("ana")).await;
    house.send().await;
    assert_eq!(
        house.channel.subjects(),
        ["You are now Silver", "Your tier is now Bronze"]
    );
    let settling = House::new(house.database, Duration::from_mins(1)).await;
    settling.receive(&up_and_down("bea")).await;
    settling.advance(Duration::from_mins(1));
    settling.send().await;
    assert_eq!(settling.channel.subjects(), [""; 0]);
    let states = settling.states().await;
    assert_eq!(states[2..], ["skipped: no_net_change", "merged"]);
}

async fn c32_a_change_that_no_relay_took_for_a_week_is_stale(database: TestDatabase) {
    let mut house = House::new(database, Duration::ZERO).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    for _ in 0..7 {
        // A relay that serves nobody costs no attempt; each day another process tries.
        house.channel.fail([Failure::Paused(refusal(535))]);
        house.send().await;
        assert_eq!(house.outbox().await, [("pending".to_owned(), 0)]);
        house.advance(Duration::from_hours(24));
        house = House::new(house.database, Duration::ZERO).await;
    }
    house.send().await;
    assert_eq!(house.states().await, ["skipped: stale"]);
    assert!(house.channel.taken().is_empty());
}

async fn c36_a_tier_of_any_name_is_mailed_cut_and_escaped(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    let long = "Platinum ".repeat(600);
    let names = [
        json!(long),
        json!("<script>alert(1)</script>"),
        json!("A\r\nBcc: eve@example.com"),
        json!("{{ 7 * 7 }}"),
        json!("\0\u{202e}"),
        json!(null),
    ];
    for (number, name) in names.iter().enumerate() {
        let customer = format!("customer-{number}");
        let data = json!({ "customer_id": customer, "to_tier_id": format!("t{number}"), "to_tier_name": name });
        let upgrade = json!({ "event": "TIER_UPGRADE", "data": data }).to_string();
        house
            .receive(&[registration(&customer, &json!({})), upgrade.into_bytes()])
            .await;
    }
    house.send().await;
    let mails = house.channel.taken();
    let subjects: Vec<_> = mails
        .iter()
        .map(|mail| mail.words.subject.as_str())
        .collect();
    assert!(subjects[0].starts_with("You are now Platinum Platinum") && subjects[0].ends_with('…'));
    assert!(subjects[0].chars().count() <= 200);
    assert_eq!(
        subjects[1..],
        [
            "You are now <script>alert(1)</script>",
            "You are now A Bcc: eve@example.com",
            "You are now {{ 7 * 7 }}",
            "You have reached a new tier",
            "You have reached a new tier",
        ]
    );
    for mail in &mails {
        assert!(!mail.words.html.contains("<script"), "{}", mail.words.html);
        assert!(!mail.words.subject.contains(char::is_control));
        let raw = String::from_utf8_lossy(&mail.raw);
        let (head, _) = raw.split_once("\r\n\r\n").unwrap();
        assert!(!head.contains("\nBcc:"), "{head}");
    }
}
