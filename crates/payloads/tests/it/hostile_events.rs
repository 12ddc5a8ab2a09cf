//! Hostile meanings, by the rows of the catalogue's section C that parsing decides.

use laurel_payloads::{Payload, TierId, read};

use crate::{accumulation, check, event};

fn tier_upgrade(rest: &str) -> String {
    format!(r#"{{"event":"TIER_UPGRADE","data":{{"customer_id":"ana"{rest}}}}}"#)
}

fn coupon(code: &str) -> String {
    format!(
        r#"{{"event":"COUPON_REDEMPTION","data":{{"customer_id":"ana","campaign_id":"c","code":{code}}}}}"#
    )
}

#[test]
fn an_event_about_nobody_is_quarantined() {
    let long = format!(
        r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"{}"}}}}"#,
        "x".repeat(256)
    );
    check([
        (
            "C9",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{}}"#,
            "no_customer at data.customer_id",
        ),
        (
            "C9",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":null}}"#,
            "no_customer at data.customer_id",
        ),
        (
            "C9",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":""}}"#,
            "no_customer at data.customer_id",
        ),
        (
            "C9",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":42}}"#,
            "no_customer at data.customer_id",
        ),
        (
            "C9",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer":{"id":"ana"}}}"#,
            "no_customer at data.customer_id",
        ),
        ("C9", long.as_str(), "no_customer at data.customer_id"),
    ]);
}

#[test]
fn amounts_stand_as_they_are_up_to_the_range() {
    check([
        ("C12", accumulation("0"), "CUSTOMER_ACCUMULATION"),
        ("C12", accumulation("-5"), "CUSTOMER_ACCUMULATION"),
        (
            "C12",
            accumulation("1000000000000000"),
            "number_range at data.lines[0].amount",
        ),
        (
            "C15",
            accumulation("1").replace(']', r#"],"wallet":{"totals":[{"total":-3}]}"#),
            "CUSTOMER_ACCUMULATION",
        ),
        (
            "C15",
            accumulation("1").replace(']', r#"],"wallet":{"totals":[{},{"total":1e13}]}"#),
            "number_range at data.wallet.totals[1].total",
        ),
        (
            "C13",
            accumulation("1").replace("points", "never-seen"),
            "CUSTOMER_ACCUMULATION",
        ),
    ]);
}

#[test]
fn every_field_may_be_missing_or_null() {
    for kind in laurel_payloads::EventKind::ALL {
        let bare = format!(r#"{{"event":"{kind}","data":{{"customer_id":"ana"}}}}"#);
        let nulls = format!(
            r#"{{"event":"{kind}","data":{{"customer_id":"ana","customer":null,"wallet":null,"lines":null,"event":null,"campaign_id":null,"code":null,"from_tier_id":null,"to_tier_level":null,"triggered_by":null}}}}"#
        );
        for body in [bare, nulls] {
            assert_eq!(event(&body).name, kind.as_str());
        }
    }
    check([
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","lines":[{}],"wallet":{"lines":null,"totals":[{"reward":{"attributes":{}}}]}}}"#,
            "CUSTOMER_REDEMPTION",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","lines":[{"brand_id":"","reward_id":""}]}}"#,
            "CUSTOMER_REDEMPTION",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"a","customer":{"platforms":null,"tags":[],"metadata":"x","consent":{"purposes":null}}}}"#,
            "CUSTOMER_REGISTRATION",
        ),
    ]);
}

#[test]
fn a_value_of_another_type_is_quarantined_with_its_place() {
    check([
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","lines":{}}}"#,
            "shape at data.lines",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","lines":[null]}}"#,
            "shape at data.lines[0]",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","lines":[{},[100,"points"]]}}"#,
            "shape at data.lines[1]",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","wallet":["w"]}}"#,
            "shape at data.wallet",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","lines":[{"reward_id":7}]}}"#,
            "shape at data.lines[0].reward_id",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"a","lines":[{"reward_id":"a\nb"}]}}"#,
            "shape at data.lines[0].reward_id",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"a","customer":"b"}}"#,
            "shape at data.customer",
        ),
        (
            "DESIGN 5",
            r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"a","customer":{"consent":{"purposes":{"email_marketing":"yes"}}}}}"#,
            "shape at data.customer.consent.purposes.email_marketing",
        ),
        (
            "DESIGN 5",
            r#"{"event":"BEHAVIOR_EVENT_FAILED","data":{"customer_id":"a","event":[]}}"#,
            "shape at data.event",
        ),
    ]);
}

#[test]
fn a_failure_may_say_as_much_as_it_likes() {
    let error = "x".repeat(200_000);
    let body = format!(
        r#"{{"event":"BEHAVIOR_EVENT_FAILED","data":{{"customer_id":"ana","event":{{"id":"e","result":{{"error":"{error}"}}}}}}}}"#
    );
    check([("C24", body, "BEHAVIOR_EVENT_FAILED")]);
}

#[test]
fn a_coupon_may_be_long_but_not_binary() {
    let long = format!("\"{}\"", "x".repeat(10_240));
    check([
        ("C26", coupon("\"WELCOME\""), "COUPON_REDEMPTION"),
        ("C27", coupon(&long), "COUPON_REDEMPTION"),
        ("C27", coupon("\"a\\u0000b\""), "shape at data.code"),
        ("C27", coupon("\"a\\u001bb\""), "shape at data.code"),
    ]);
}

#[test]
fn the_same_content_is_the_same_whatever_its_spelling() {
    let content = |body: &str| read(body.as_bytes()).unwrap().canonical.unwrap();
    let one = r#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana","code":"A"}}"#;
    let other = r#" {"data":{"code":"\u0041","customer_id":"ana"},"event":"COUPON_REDEMPTION"}"#;
    assert_eq!(content(one), content(other), "C4, C18, C26, B36");
    assert_ne!(content(one), content(&one.replace("\"A\"", "\"a\"")), "C4");
}

#[test]
fn tiers_may_have_any_name_and_fractional_levels() {
    let name = format!("<b>{}</b>", "x".repeat(5_000));
    let body = tier_upgrade(&format!(
        r#","to_tier_id":"t","to_tier_name":"{name}","from_tier_level":1.5,"to_tier_level":2"#
    ));
    let Payload::TierUpgrade(change) = event(body).payload else {
        panic!("C36")
    };
    assert_eq!(change.to_tier_id.as_ref().map(TierId::as_str), Some("t"));
    assert_eq!(change.to_tier_name, Some(name));
    assert_eq!(
        (change.from_tier_level, change.to_tier_level),
        (Some(1.5), Some(2.0))
    );
    check([
        (
            "C36",
            tier_upgrade(r#","to_tier_level":1e400"#),
            "number_range at data.to_tier_level",
        ),
        (
            "C36",
            tier_upgrade(r#","to_tier_level":"2""#),
            "shape at data.to_tier_level",
        ),
    ]);
}
