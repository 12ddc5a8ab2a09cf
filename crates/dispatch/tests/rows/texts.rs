//! Texts of strangers in the read models: as they were sent, without what a column cannot hold.

use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, ana, of, registration};

both_databases!(
    b9_nul_is_left_out_of_what_is_projected,
    b16_a_text_of_any_length_is_cut_and_says_so,
    b28_an_address_that_is_none_is_kept_with_its_customer,
    b29_b30_a_text_is_shown_as_it_was_sent,
    b13_b14_unknown_fields_say_nothing,
    b34_an_unknown_event_is_an_entry_that_waits,
    c36_a_tier_may_be_called_anything,
);

async fn b9_nul_is_left_out_of_what_is_projected(database: TestDatabase) {
    let house = House::new(database).await;
    let tier = r#""from_tier_name":"\u0000","to_tier_id":"t","to_tier_name":"Go\u0000ld","triggered_by":"EV\u0000ENT","trigger_event_type":"\u0000""#;
    house
        .take(&[
            registration(r#""name":"A\u0000na","country":"C\u0000O","status":"ACTIVE\u0000","\u0000":"\u0000","tags":{"\u0000":1}"#),
            ana("TIER_UPGRADE", tier),
            ana("CUSTOMER_ACCUMULATION", r#""lines":[{"x":"\u0000"}],"wallet":{"totals":[{"reward_id":"r","reward":{"id":"r","name":"Po\u0000ints","type":"\u0000"}}]}"#),
            ana("BEHAVIOR_EVENT_FAILED", r#""event":{"id":"e","type":"\u0000","data":{"\u0000":"\u0000"},"result":"\u0000"}"#),
            ana("COUPON_REDEMPTION", r#""note":"\u0000""#),
            ana("NEW", r#""\u0000":"\u0000""#),
            r#"{"event":"NEW","data":{"customer_id":"a\u0000na"}}"#.to_owned(),
        ])
        .await;
    let customer = house.customer("ana").await;
    assert_eq!(customer.name.as_deref(), Some("Ana"));
    assert_eq!(customer.country.as_deref(), Some("CO"));
    let tiers = house.scope.tiers().await.expect("tiers");
    assert_eq!(tiers[0].name.as_deref(), Some("Gold"));
    let rewards = house.scope.rewards().await.expect("rewards");
    assert_eq!(rewards[0].name.as_deref(), Some("Points"));
    assert_eq!(house.kinds("ana").await.len(), 6, "nobody is not Ana");
}

async fn b16_a_text_of_any_length_is_cut_and_says_so(database: TestDatabase) {
    let house = House::new(database).await;
    for (letter, letters) in [
        ("x", 250_000),
        ("é", 125_000),
        ("💎", 60_000),
        ("\u{301}", 99_999),
    ] {
        let long = letter.repeat(letters);
        let name = format!(
            r#""name":"{long}","email":"{long}@example.com","country":"{long}","status":"{long}""#
        );
        let tier = format!(
            r#""to_tier_id":"t","to_tier_name":"{long}","triggered_by":"{long}","trigger_event_type":"{long}""#
        );
        house
            .take(&[registration(&name), ana("TIER_UPGRADE", &tier)])
            .await;
        let customer = house.customer("ana").await;
        let tiers = house.scope.tiers().await.expect("tiers");
        for cut in [
            customer.name,
            customer.country,
            customer.status,
            customer.email,
            tiers[0].name.clone(),
        ] {
            let cut = cut.expect("a text");
            let kept = cut.strip_suffix('…').expect("a mark where it was cut");
            assert!(cut.len() <= 1_024 && kept.len() > 1_000 && long.starts_with(kept));
        }
    }
    let whole = "n".repeat(1_024);
    house
        .take(&[registration(&format!(r#""name":"{whole}""#))])
        .await;
    assert_eq!(house.customer("ana").await.name, Some(whole));
}

async fn b28_an_address_that_is_none_is_kept_with_its_customer(database: TestDatabase) {
    let house = House::new(database).await;
    let long = format!("{}@example.com", "a".repeat(308));
    for address in [
        "a@b",
        "\"a b\"@x",
        "añá@exämple.com",
        "",
        "a@x\r\nBcc: b@x",
        "a@x.com, b@x.com",
        "a@x.com;b@x.com",
        "Ana <a@x.com>",
        "a@x.com\n",
        "@",
        "null",
        long.as_str(),
    ] {
        let written = serde_json::to_string(address).expect("JSON");
        house
            .take(&[registration(&format!(r#""name":"Ana","email":{written}"#))])
            .await;
        let customer = house.customer("ana").await;
        assert_eq!(customer.email.as_deref(), Some(address));
        assert_eq!(customer.name.as_deref(), Some("Ana"));
    }
    // Without its NUL this would be somebody's address.
    house
        .take(&[registration(r#""email":"ana\u0000@example.com""#)])
        .await;
    let email = house.customer("ana").await.email.expect("a text");
    assert_eq!(email, "ana\u{fffd}@example.com");
}

async fn b29_b30_a_text_is_shown_as_it_was_sent(database: TestDatabase) {
    let house = House::new(database).await;
    let emoji = "💎".repeat(200);
    for text in [
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1+cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "</title><img src=x onerror=alert(1)>",
        "{{7*7}} {% raw %} ${7*7} #{7*7}",
        "${jndi:ldap://x/a}",
        "\u{1b}[31mred\u{1b}[0m \u{9b}31m",
        "\u{202e}live\u{2066}",
        "\u{200b}\u{200d}\u{feff}",
        "a\r\nb\tc\u{2028}d\u{85}e",
        "' OR 1=1--",
        "\\'; DROP TABLE customers; --",
        "$1 ? ?1 :a @a %s %n \\0 \\x00",
        "E'\\\\' || pg_sleep(9) /* */",
        "e\u{301} ﬀ ① Ａ ß İ ı",
        emoji.as_str(),
        " ",
        "",
    ] {
        let written = serde_json::to_string(text).expect("JSON");
        let profile = format!(
            r#""name":{written},"email":{written},"country":{written},"metadata":{{"x":{written}}}"#
        );
        let tier = format!(r#""to_tier_id":"t","to_tier_name":{written}"#);
        house
            .take(&[registration(&profile), ana("TIER_UPGRADE", &tier)])
            .await;
        let customer = house.customer("ana").await;
        assert_eq!(customer.name.as_deref(), Some(text));
        assert_eq!(customer.email.as_deref(), Some(text));
        assert_eq!(customer.country.as_deref(), Some(text));
        let tiers = house.scope.tiers().await.expect("tiers");
        assert_eq!(tiers[0].name.as_deref(), Some(text));
    }
    for id in [
        "' OR 1=1--",
        "'; DROP TABLE customers; --",
        "$1",
        "%",
        "_",
        "\\",
        "\"",
        "ana'",
        "../x",
    ] {
        let written = serde_json::to_string(id).expect("JSON");
        let body = format!(
            r#"{{"event":"TIER_DOWNGRADE","data":{{"customer_id":{written},"to_tier_id":{written},"trigger_event_id":{written}}}}}"#
        );
        house.take(&[body]).await;
        assert_eq!(house.kinds(id).await, ["TIER_DOWNGRADE"], "{id}");
        let tier = house.customer(id).await.tier.expect("a tier");
        assert_eq!(tier.tier_id.expect("an id").as_str(), id);
    }
}

async fn b13_b14_unknown_fields_say_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    house
        .take(&[registration(
            r##""name":"Ana","Name":"Eve","NAME":"Eve","nаme":"Eve","naｍe":"Eve","name ":"Eve","na\u0000me":"Eve",
            "__proto__":{"name":"Eve"},"constructor":{"prototype":{"name":"Eve"}},"$where":"1","$ref":"#/x",
            "émail":"eve@example.com","e\u0301mail":"eve@example.com""##,
        )])
        .await;
    let customer = house.customer("ana").await;
    assert_eq!(
        (customer.name.as_deref(), customer.email),
        (Some("Ana"), None)
    );
}

async fn b34_an_unknown_event_is_an_entry_that_waits(database: TestDatabase) {
    let house = House::new(database).await;
    let about_nobody = r#"{"event":"TIER_UPGRADE ","data":{"customer_id":7}}"#.to_owned();
    house
        .take(&[
            ana("tier_upgrade", r#""to_tier_id":"gold""#),
            about_nobody,
            ana("💎", r#""x":1e400"#),
        ])
        .await;
    assert_eq!(house.kinds("ana").await, ["UNRECOGNIZED", "UNRECOGNIZED"]);
    assert!(house.customer("ana").await.tier.is_none());
    assert!(
        house
            .scope
            .customer(&of("7"))
            .await
            .expect("an answer")
            .is_none()
    );
}

async fn c36_a_tier_may_be_called_anything(database: TestDatabase) {
    let house = House::new(database).await;
    let long = "t".repeat(255);
    house
        .take(&[
            ana("TIER_UPGRADE", r#""from_tier_id":"","to_tier_id":"never-seen","to_tier_name":"<h1>Gold</h1>","to_tier_level":2.5"#),
            ana("TIER_UPGRADE", &format!(r#""from_tier_id":"never-seen","to_tier_id":"{long}","to_tier_level":-1e300"#)),
            ana("TIER_DOWNGRADE", r#""to_tier_name":"nameless""#),
        ])
        .await;
    let tiers = house.scope.tiers().await.expect("tiers");
    let mut shown: Vec<_> = tiers
        .iter()
        .map(|tier| (tier.tier_id.as_str(), tier.name.as_deref(), tier.level))
        .collect();
    shown.sort_by_key(|(id, ..)| *id);
    assert_eq!(
        shown,
        [
            ("never-seen", Some("<h1>Gold</h1>"), Some(2.5)),
            (&long, None, Some(-1e300))
        ]
    );
    let tier = house.customer("ana").await.tier.expect("a tier");
    assert_eq!(tier.tier_id, None, "the last change names none");
    assert_eq!(
        house.kinds("ana").await,
        ["TIER_DOWNGRADE", "TIER_UPGRADE", "TIER_UPGRADE"]
    );
}
