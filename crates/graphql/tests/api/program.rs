//! The programme as a whole.

use std::time::Duration;

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{Api, accumulation};

const PROGRAM: &str = r#"{ program { customers events entries
    tierDistribution { tier { name } customers }
    activity(from: "2026-01-01T00:00:00Z", groupBy: MONTH, timeZone: "America/Bogota") {
      start end entries kinds { kind entries } } } }"#;

async fn the_programme_is_counted(database: TestDatabase) {
    let api = Api::with_story(database).await;
    // An hour before and after midnight in Bogotá.
    let (january, february) = (
        accumulation("c1", "1", "2026-02-01T04:00:00Z"),
        accumulation("c2", "1", "2026-02-01T06:00:00Z"),
    );
    api.receive(&[&january, &february]).await;
    let quarantined =
        br#"{"event":"CUSTOMER_REDEMPTION","data":{"customer_id":"c","lines":[{"amount":1e300}]}}"#;
    api.receive(&[quarantined]).await;
    api.receive_as("other", &[&january]).await;
    // What has no time of its own happened just now.
    api.app.database.clock.advance(Duration::from_mins(1));
    let program = api.ask(PROGRAM, Value::Null).await["program"].clone();
    assert_eq!(
        [
            &program["customers"],
            &program["events"],
            &program["entries"]
        ],
        [&json!(3), &json!(17), &json!(16)]
    );
    let mut shares: Vec<Value> = program["tierDistribution"].as_array().unwrap().clone();
    shares.sort_by_key(|share| share["customers"].as_i64());
    assert_eq!(
        shares,
        [
            json!({ "tier": { "name": "Bronze" }, "customers": 1 }),
            json!({ "tier": null, "customers": 2 })
        ]
    );
    let told = serde_json::to_string_pretty(&program["activity"]).unwrap();
    insta::assert_snapshot!("activity", told);

    let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
    let more = api.ask(PROGRAM, Value::Null).await["program"]["activity"].to_string();
    assert!(more.contains("UNRECOGNIZED") && !told.contains("UNRECOGNIZED"));
}

async fn an_empty_programme_is_all_zeros(database: TestDatabase) {
    let api = Api::new(database).await;
    let nothing = json!({ "customers": 0, "events": 0, "entries": 0, "tierDistribution": [], "activity": [] });
    assert_eq!(api.ask(PROGRAM, Value::Null).await["program"], nothing);
}

async fn counting_again_and_again_is_too_complex(database: TestDatabase) {
    let api = Api::new(database).await;
    let many: Vec<String> = (0..21).map(|n| format!("c{n}: entries")).collect();
    let query = format!("{{ program {{ {} }} }}", many.join(" "));
    assert_eq!(api.codes(&query, Value::Null).await, ["QUERY_TOO_COMPLEX"]);
    let days =
        r#"{ program { activity(from: "2020-01-01T00:00:00Z", groupBy: DAY) { entries } } }"#;
    assert_eq!(api.codes(days, Value::Null).await, ["BAD_USER_INPUT"]);
}

both_databases!(
    the_programme_is_counted,
    an_empty_programme_is_all_zeros,
    counting_again_and_again_is_too_complex,
);
