//! The story of the sample payloads, told by the API.

use std::time::Duration;

use axum::body::to_bytes;
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{ANA, Api, codes};

const STORY: &str = r"
query Story($id: ID!) {
  customer(id: $id) {
    customerId name email status isAnonymous country registeredAt firstSeenAt lastSeenAt
    tier { tier { id name level } since previousTier { name } }
    wallet { asOf balances { reward { id name type brandId conversionFactor } total reserved expiresAt } }
    tierChanges { totalCount nodes { kind direction from { name level } to { name level } triggeredBy } }
    history {
      totalCount
      nodes {
        __typename kind occurredAt receivedAt customer { customerId }
        ... on Registration { lines { amount } balancesAfter { total } }
        ... on Accumulation { lines { ...line } balancesAfter { ...balance } }
        ... on Redemption { lines { ...line } balancesAfter { ...balance } }
        ... on Reservation { lines { ...line } balancesAfter { ...balance } }
        ... on ReservationCancellation { lines { ...line } balancesAfter { ...balance } }
        ... on BehaviorEventFulfilled { attempts behaviorEvent { ...behavior } }
        ... on BehaviorEventFailed { attempts lastFailedAt behaviorEvent { ...behavior } }
        ... on CouponRedemption { code campaignId }
        ... on TierChange {
          direction from { id name level } to { id name level } triggeredBy triggerEventId triggerEventType
        }
        ... on UnrecognizedEvent { name data }
      }
    }
  }
  tiers { id name level }
  rewards { id name type brandId conversionFactor }
}
fragment line on RewardLine { reward { name } amount campaignId brandId issuedAt expiresAt }
fragment balance on Balance { reward { name } total reserved expiresAt }
fragment behavior on BehaviorEvent { id type status fulfilled result issuedAt processingAt resolvedAt cancelledAt }
";

async fn the_story_is_told_exactly(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let told = api.ask(STORY, json!({ "id": ANA })).await;
    let told = serde_json::to_string_pretty(&told).unwrap();
    insta::assert_snapshot!("the_story", told);
}

async fn operators_are_told_of_what_nobody_recognized_and_nobody_else_is(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let query = r"query($id: ID!, $only: [EventKind!]) { customer(id: $id) {
        all: history { totalCount nodes { kind ... on UnrecognizedEvent { name data } } }
        unrecognized: history(filter: { kinds: $only }) { totalCount nodes { kind } }
    } }";
    let variables = json!({ "id": ANA, "only": ["UNRECOGNIZED"] });

    let told = api.ask(query, variables.clone()).await;
    assert_eq!(told["customer"]["all"]["totalCount"], 13);
    assert!(!told.to_string().contains("UNRECOGNIZED"));
    assert_eq!(
        told["customer"]["unrecognized"],
        json!({ "totalCount": 0, "nodes": [] })
    );

    let api = api
        .asked_by("masivo", &[KeyScope::Read, KeyScope::Operate])
        .await;
    let told = api.ask(query, variables).await;
    assert_eq!(told["customer"]["all"]["totalCount"], 14);
    assert_eq!(told["customer"]["unrecognized"]["totalCount"], 1);
    let entries = told["customer"]["all"]["nodes"].as_array().unwrap();
    let entry = entries
        .iter()
        .find(|entry| entry["kind"] == "UNRECOGNIZED")
        .unwrap();
    assert_eq!(entry["name"], "CUSTOMER_ANONYMOUS_TO_REGISTERED");
    assert_eq!(
        entry["data"]["customer"]["metadata"],
        json!({ "crm_id": "SF-99812" })
    );
}

async fn a_customer_known_by_an_event_only_has_no_profile_and_no_tier(database: TestDatabase) {
    let api = Api::new(database).await;
    let body = br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"new","code":null}}"#;
    api.receive(&[body]).await;
    let query = r#"{ customer(id: "new") { name email status isAnonymous registeredAt tier { since } wallet { asOf }
        history { nodes { ... on CouponRedemption { code campaignId } } } } }"#;
    let told = api.ask(query, Value::Null).await;
    let nothing = json!({
        "name": null, "email": null, "status": null, "isAnonymous": false, "registeredAt": null,
        "tier": null, "wallet": null, "history": { "nodes": [{ "code": null, "campaignId": null }] },
    });
    assert_eq!(told["customer"], nothing);
}

async fn what_was_sent_is_shown_digit_by_digit_and_in_its_order(database: TestDatabase) {
    let api = Api::with_story(database)
        .await
        .asked_by("masivo", &[KeyScope::Operate])
        .await;
    let data = r#"{"customer_id":"raw","z":1.10,"a":123456789012345678901234567890,"é":"\u00e9"}"#;
    api.receive(&[format!(r#"{{"event":"NEW_THING","data":{data}}}"#).as_bytes()])
        .await;
    let query =
        r#"{ customer(id: "raw") { history { nodes { ... on UnrecognizedEvent { data } } } } }"#;
    let body = json!({ "query": query }).to_string();
    let answer = to_bytes(api.send(api.post(body)).await.into_body(), 1 << 20)
        .await
        .unwrap();
    let answer = String::from_utf8(answer.to_vec()).unwrap();
    assert!(answer.contains(data), "{answer}");
}

async fn what_was_earned_is_summed_exactly(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let query = r#"query($id: ID!, $from: DateTime) { customer(id: $id) {
        years: summary(groupBy: YEAR) { start end reward { name } earned redeemed entries }
        months: summary(from: $from, groupBy: MONTH, timeZone: "America/Bogota") {
            start end reward { name } earned redeemed entries } } }"#;
    let told = api
        .ask(query, json!({ "id": ANA, "from": "2026-02-01T09:00:00Z" }))
        .await;
    let of = |name: &str, start: &str, end: &str, earned: &str, redeemed: &str, entries: u8| {
        json!({ "start": start, "end": end, "reward": { "name": name },
            "earned": earned, "redeemed": redeemed, "entries": entries })
    };
    let (first, now) = ("2026-01-06T15:10:02.331Z", "2026-03-01T12:00:00Z");
    let years = json!([
        of("Free coffee", first, now, "1", "1", 2),
        of("Points", first, now, "127.9", "27.9", 3)
    ]);
    assert_eq!(told["customer"]["years"], years);
    let (from, to) = ("2026-02-01T09:00:00Z", "2026-03-01T05:00:00Z");
    let months = json!([
        of("Free coffee", from, to, "1", "1", 2),
        of("Points", from, to, "0.3", "27.9", 2)
    ]);
    assert_eq!(told["customer"]["months"], months);
}

async fn sums_beyond_any_single_amount_are_exact(database: TestDatabase) {
    let api = Api::new(database).await;
    let largest = "9199999999999.999999";
    let body = |event: &str, note: u8| {
        let line = format!(
            r#"{{"amount":{largest},"reward_id":"points","expiration_date":"2026-04-01T00:00:00Z"}}"#
        );
        format!(
            r#"{{"event":"{event}","data":{{"customer_id":"c","note":{note},"lines":[{line},{line},{line}],
            "wallet":{{"lines":[{line},{line}],"totals":[{{"total":1,"reward_id":"points"}}]}}}}}}"#
        )
    };
    for event in [
        "CUSTOMER_ACCUMULATION",
        "CUSTOMER_REDEMPTION",
        "REWARDS_RESERVATION",
    ] {
        let (one, other) = (body(event, 1), body(event, 2));
        api.receive(&[one.as_bytes(), other.as_bytes()]).await;
    }
    api.app.database.clock.advance(Duration::from_mins(1));
    let query = r#"{ customer(id: "c") { summary(groupBy: YEAR) { earned redeemed entries }
        wallet { balances { reserved } expiring(before: "2027-01-01T00:00:00Z") { amount } }
        history(first: 1) { nodes { ... on Reservation { balancesAfter { reserved } } } } } }"#;
    let told = api.ask(query, Value::Null).await["customer"].clone();
    let six = "55199999999999.999994";
    assert_eq!(
        told["summary"],
        json!([{ "earned": six, "redeemed": six, "entries": 4 }])
    );
    assert_eq!(
        told["wallet"]["expiring"],
        json!([{ "amount": "18399999999999.999998" }])
    );
    // As much was redeemed as was reserved.
    assert_eq!(told["wallet"]["balances"], json!([{ "reserved": "0" }]));
    assert_eq!(
        told["history"]["nodes"][0]["balancesAfter"],
        json!([{ "reserved": "0" }])
    );
}

async fn a_summary_without_movements_is_empty_and_one_without_bounds_is_refused(
    database: TestDatabase,
) {
    let api = Api::with_story(database).await;
    let body = br#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"new"}}"#;
    api.receive(&[body]).await;
    let query = "query($id: ID!, $from: DateTime, $zone: String) {
        customer(id: $id) { summary(from: $from, groupBy: DAY, timeZone: $zone) { entries } } }";
    assert_eq!(
        api.ask(query, json!({ "id": "new" })).await["customer"]["summary"],
        json!([])
    );
    // Since then there are more days than a summary has.
    let old = br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"old","lines":[
        {"amount":1,"reward_id":"points","issued_at":"2024-01-01T00:00:00Z"}]}}"#;
    api.receive(&[old]).await;
    for (refused, says) in [
        (
            json!({ "id": ANA, "from": "0001-01-01T00:00:00Z" }),
            "between \"from\" and \"to\"",
        ),
        (json!({ "id": ANA, "zone": "Mars/Olympus" }), "time zone"),
        (json!({ "id": "old" }), "say with \"from\" where to begin"),
    ] {
        let answer = api.answer(query, refused.clone()).await;
        assert_eq!(codes(&answer), ["BAD_USER_INPUT"], "{refused}");
        let message = answer["errors"][0]["message"].as_str();
        let message = message.expect("a message");
        assert!(message.contains(says), "{refused}: {message}");
    }
}

both_databases!(
    sums_beyond_any_single_amount_are_exact,
    the_story_is_told_exactly,
    operators_are_told_of_what_nobody_recognized_and_nobody_else_is,
    a_customer_known_by_an_event_only_has_no_profile_and_no_tier,
    what_was_sent_is_shown_digit_by_digit_and_in_its_order,
    what_was_earned_is_summed_exactly,
    a_summary_without_movements_is_empty_and_one_without_bounds_is_refused,
);
