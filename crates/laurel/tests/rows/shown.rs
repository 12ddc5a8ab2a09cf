//! Odd events over the API: whatever was kept can be asked for, and is answered as it came.

use laurel_testkit::{TestApp, TestDatabase, both_databases};
use serde_json::Value;

both_databases!(whatever_was_kept_can_be_asked_for);

const EVERYTHING: &str = r#"{
    customer(id: "ana") {
        name email country wallet { balances { reward { id name } total reserved } }
        tier { tier { name level } }
        tierChanges { nodes { from { name } to { name level } triggeredBy } }
        history(first: 100) { nodes {
            kind occurredAt
            ... on Accumulation { lines { reward { id } amount } balancesAfter { total } }
            ... on BehaviorEventFailed { attempts behaviorEvent { id type data result } }
            ... on CouponRedemption { code campaignId }
            ... on UnrecognizedEvent { name data }
        } }
    }
    events(first: 100) { totalCount nodes { name customerId state quarantineReason body } }
}"#;

fn ana(event: &str, rest: &str) -> String {
    format!(r#"{{"event":"{event}","data":{{"customer_id":"ana",{rest}}}}}"#)
}

/// Events that are accepted, and events that are put aside.
fn bodies() -> [Vec<String>; 2] {
    // What serde_json, which reads the answers here, can still read: the API shows data as they came.
    let deep = format!("{}1e300{}", "[".repeat(90), "]".repeat(90));
    let odd = format!(
        r#""x":"\u0000 \ud83d\ude00 \u001b[31m <script>","n":[-0.0,1E+2,18446744073709551616],"":{{"\u0000":{deep}}}"#
    );
    let long = "é".repeat(100_000);
    let accepted = vec![
        ana(
            "CUSTOMER_REGISTRATION",
            &format!(
                r#""customer":{{"name":"A\u0000\n<b>","email":"a\u0000@b","country":"{long}","metadata":{{{odd}}},"tags":{{{odd}}}}}"#
            ),
        ),
        ana(
            "CUSTOMER_ACCUMULATION",
            r#""lines":[{"amount":0.1,"reward_id":"r"},{"amount":"0.2","reward_id":"r"},{"amount":-0,"reward_id":"' OR 1=1"},{}],"wallet":{"totals":[{"total":9007199254.740993,"reward_id":"r"}]}"#,
        ),
        ana(
            "BEHAVIOR_EVENT_FAILED",
            &format!(r#""event":{{"id":"e","type":"\u0000","data":{{{odd}}},"result":"{long}"}}"#),
        ),
        ana(
            "COUPON_REDEMPTION",
            &format!(r#""code":"{}""#, "c".repeat(10_240)),
        ),
        ana(
            "TIER_UPGRADE",
            &format!(
                r#""to_tier_id":"t","to_tier_name":"{long}","to_tier_level":1e-300,"triggered_by":"\u0000""#
            ),
        ),
        ana("\\u0007 \\ud83d\\udc8e", &odd),
        r#"{"event":"\n","data":{"customer_id":[]}}"#.to_owned(),
    ];
    let put_aside = vec![
        "{}".to_owned(),
        ana("X", r#""a":1,"a":2"#),
        ana("X", r#""a":"\udead""#),
        ana("TIER_UPGRADE", r#""to_tier_level":1e400"#),
        ana("TIER_UPGRADE", r#""to_tier_id":7"#),
        r#"{"event":"TIER_UPGRADE","data":{"customer_id":"\u0000"}}"#.to_owned(),
        r#"{"event":"A\u0000","data":{}}"#.to_owned(),
        r#"{"event":"TIER_UPGRADE","data":[]}"#.to_owned(),
    ];
    [accepted, put_aside]
}

async fn whatever_was_kept_can_be_asked_for(database: TestDatabase) {
    let app = TestApp::new(database).await;
    let [accepted, put_aside] = bodies();
    for (bodies, status) in [(&accepted, "accepted"), (&put_aside, "quarantined")] {
        for body in bodies {
            let (code, answer) = app.post(body.as_bytes()).await;
            let shown: String = body.chars().take(100).collect();
            assert_eq!(
                (code.as_u16(), &answer["status"]),
                (200, &Value::from(status)),
                "{shown}"
            );
        }
    }
    app.settle().await;
    let answer = app.query(EVERYTHING).await;
    assert_eq!(answer["errors"], Value::Null, "{}", answer["errors"]);
    let customer = &answer["data"]["customer"];
    assert_eq!(customer["name"], "A\n<b>");
    assert_eq!(customer["email"], "a\u{fffd}@b");
    assert_eq!(
        customer["wallet"]["balances"][0]["total"],
        "9007199254.740993"
    );
    assert_eq!(customer["history"]["nodes"].as_array().unwrap().len(), 6);
    let log = answer["data"]["events"]["nodes"].as_array().unwrap();
    let mut sent: Vec<_> = accepted.iter().chain(&put_aside).collect();
    sent.reverse();
    for (event, body) in log.iter().zip(&sent) {
        assert!(event["body"] == body.as_str(), "byte for byte");
    }
    assert_eq!(log.len(), sent.len());
}
