//! An authenticated JSON object is always kept, however odd: byte for byte, and in quarantine with its reason where it
//! cannot be read.

use axum::http::StatusCode;
use laurel_store::EventState;
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{intake, log, post};

both_databases!(
    what_is_odd_and_readable_is_accepted,
    what_cannot_be_read_is_quarantined_with_its_reason,
    b15_a_hundred_thousand_unknown_keys_are_accepted,
    b36_content_decides_about_repeats_not_bytes,
    quarantine_tells_the_place_and_never_the_value,
    no_object_is_ever_refused,
);

/// Asserts that a body is answered `status`, and kept as it is.
async fn kept(database: &TestDatabase, row: &str, body: &[u8], status: &str) -> EventState {
    let shown: String = String::from_utf8_lossy(body).chars().take(100).collect();
    let answer = post(&intake(database), body).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "{row} {shown} {}",
        answer.text()
    );
    assert_eq!(answer.taken(), status, "{row} {shown}");
    let last = log(database).await.pop().expect("an event");
    assert_eq!(last.id, answer.id(), "{row} {shown}");
    assert!(last.body == body, "{row} {shown}");
    last.state
}

async fn what_is_odd_and_readable_is_accepted(database: TestDatabase) {
    let long = format!(
        r#"{{"event":"CUSTOMER_REGISTRATION","data":{{"customer_id":"c","customer":{{"name":"{}"}}}}}}"#,
        "n".repeat(250_000)
    );
    let cases: [(&str, &[u8]); 15] = [
        ("BOM", b"\xef\xbb\xbf{\"event\":\"X\",\"data\":{\"customer_id\":\"ana\"}}"),
        ("B9", br#"{"event":"X","data":{"customer_id":"ana","a\u0000":"\u0000"}}"#),
        ("B9", br#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"c1","customer":{"name":"A\u0000B","email":"\u0000"}}}"#),
        ("B13", r#"{"event":"X","data":{},"Event":"Y","évent":"Z"}"#.as_bytes()),
        ("B14", br#"{"event":"X","data":{"__proto__":{"a":1},"constructor":1,"$where":1,"$ref":"x"}}"#),
        ("B16", long.as_bytes()),
        ("B18", br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"ana","lines":[{"amount":9007199254.740993}]}}"#),
        ("B21", br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"ana","lines":[{"amount":"100"}]}}"#),
        ("B22", br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"ana","lines":[{"amount":-0},{"amount":-5}]}}"#),
        ("B25", br#"{"event":"CUSTOMER_ACCUMULATION","data":{"customer_id":"ana","lines":[{"issued_at":"2026-02-30"},{"issued_at":1767712202}]}}"#),
        ("B27", br#"{"event":"BEHAVIOR_EVENT_FULFILLED","data":{"customer_id":"ana","event":{"resolved_at":"Tue, 06 Jan 2026 ((((((x))))))"}}}"#),
        ("B28", br#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"c2","customer":{"email":"a@x\r\nBcc: b@x, c@x"}}}"#),
        ("B29", r#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"c3","customer":{"name":"=HYPERLINK() <script> {{7*7}} ${jndi:x} \u202e "}}}"#.as_bytes()),
        ("B30", br#"{"event":"X","data":{"customer_id":"' OR 1=1--"}}"#),
        ("B30", br#"{"event":"X'; DROP TABLE events; --","data":{"customer_id":"$1 ? %s \\"}}"#),
    ];
    for (row, body) in cases {
        assert_eq!(
            kept(&database, row, body, "accepted").await,
            EventState::Accepted
        );
    }
}

async fn what_cannot_be_read_is_quarantined_with_its_reason(database: TestDatabase) {
    let named = |name: &str| format!(r#"{{"event":{name},"data":{{"customer_id":"ana"}}}}"#);
    let amount = |digits: &str| {
        format!(
            r#"{{"event":"CUSTOMER_ACCUMULATION","data":{{"customer_id":"ana","lines":[{{"amount":{digits}}}]}}}}"#
        )
    };
    let data = |data: &str| format!(r#"{{"event":"TIER_UPGRADE"{data}}}"#);
    let too_long = format!(r#""{}""#, "N".repeat(129));
    let cases = [
        ("B19", amount("9007199254740993"), "number_range"),
        ("B19", amount("9223372036854775808"), "number_range"),
        ("B19", amount("1e400"), "number_range"),
        ("B19", amount("1E309"), "number_range"),
        ("B19", amount("0.0000001"), "number_range"),
        ("C12", amount("1000000000000000"), "number_range"),
        ("B32", data(""), "no_data"),
        ("B32", data(r#","data":null"#), "no_data"),
        ("B32", data(r#","data":"x""#), "no_data"),
        ("B32", data(r#","data":[]"#), "no_data"),
        (
            "B33",
            r#"{"data":{"customer_id":"ana"}}"#.to_owned(),
            "no_event",
        ),
        ("B33", "{}".to_owned(), "no_event"),
        ("B33", named("null"), "no_event"),
        ("B33", named("7"), "no_event"),
        ("B33", named(r#""""#), "no_event"),
        ("B33", named(&too_long), "no_event"),
        ("B9", named(r#""A\u0000B""#), "no_event"),
        ("C9", data(r#","data":{}"#), "no_customer"),
        (
            "dup",
            data(r#","data":{"customer_id":"a","customer_id":"b"}"#),
            "duplicate_key",
        ),
        (
            "dup",
            data(r#","data":{"customer_id":"a","x":{"\u0000":1,"\u0000":2}}"#),
            "duplicate_key",
        ),
        (
            "B9",
            data(r#","data":{"customer_id":"a","x":"\ud800"}"#),
            "lone_surrogate",
        ),
    ];
    for (row, body, reason) in cases {
        let state = kept(&database, row, body.as_bytes(), "quarantined").await;
        let EventState::Quarantined(quarantine) = state else {
            panic!("{row} {body}: not in quarantine");
        };
        assert_eq!(quarantine.reason, reason, "{row} {body}");
    }
}

async fn b15_a_hundred_thousand_unknown_keys_are_accepted(database: TestDatabase) {
    let keys: Vec<String> = (0..80_000).map(|key| format!(r#""{key:x}":0"#)).collect();
    let body = format!(r#"{{"event":"X","data":{{{}}}}}"#, keys.join(","));
    assert!(body.len() < 1 << 20);
    kept(&database, "B15", body.as_bytes(), "accepted").await;
}

async fn b36_content_decides_about_repeats_not_bytes(database: TestDatabase) {
    let router = intake(&database);
    let first = post(
        &router,
        br#"{"event":"X","data":{"customer_id":"ana","n":1.50}}"#,
    )
    .await;
    let again = post(
        &router,
        b"{\"data\": {\"n\":15e-1,\"customer_id\":\"\\u0061na\"},\n\"event\":\"X\"}",
    )
    .await;
    assert_eq!(again.taken(), "duplicate");
    assert_eq!(again.id(), first.id());
    // Where there is no canonical form, the bytes decide.
    let ambiguous = br#"{"event":"X","data":{"a":1,"a":2}}"#;
    assert_eq!(post(&router, ambiguous).await.taken(), "quarantined");
    assert_eq!(post(&router, ambiguous).await.taken(), "duplicate");
    let spelled = br#"{"event":"X", "data":{"a":1,"a":2}}"#;
    assert_eq!(post(&router, spelled).await.taken(), "quarantined");
}

async fn quarantine_tells_the_place_and_never_the_value(database: TestDatabase) {
    let router = intake(&database);
    let data = |data: &str| format!(r#"{{"event":"CUSTOMER_REDEMPTION","data":{data}}}"#);
    for (body, reason, place) in [
        (
            data(r#"{"customer_id":"a","lines":[{},{"amount":1e13}]}"#),
            "number_range",
            "data.lines[1].amount",
        ),
        (
            data(r#"{"customer_id":"a","wallet":{"totals":[{"total":"secret"}]}}"#),
            "shape",
            "data.wallet.totals[0].total",
        ),
        (
            data(
                r#"{"customer_id":"a","wallet":{"totals":[{"reward":{"attributes":{"conversion_factor":0.0000001}}}]}}"#,
            ),
            "number_range",
            "data.wallet.totals[0].reward.attributes.conversion_factor",
        ),
        (
            data(r#"{"customer_id":"a","lines":"secret"}"#),
            "shape",
            "data.lines",
        ),
        (
            data(r#"{"customer_id":"a","lines":[null]}"#),
            "shape",
            "data.lines[0]",
        ),
        (
            data(r#"{"customer_id":"a","x":{"secret@example.com":{"y":1,"y":2}}}"#),
            "duplicate_key",
            "data.x.?.y",
        ),
        (
            data(r#"{"customer_id":"a","x":[[{"secret\ud800":1}]]}"#),
            "lone_surrogate",
            "data.x[0][0].?",
        ),
        (
            data(r#"{"customer_id":{"secret":1}}"#),
            "no_customer",
            "data.customer_id",
        ),
        (
            r#"{"event":"secret","data":"secret"}"#.to_owned(),
            "no_data",
            "data",
        ),
        (
            r#"{"event":["secret"],"data":{}}"#.to_owned(),
            "no_event",
            "event",
        ),
    ] {
        assert_eq!(
            post(&router, body.as_bytes()).await.taken(),
            "quarantined",
            "{body}"
        );
        let event = log(&database).await.pop().expect("an event");
        assert_eq!(event.body, body.as_bytes());
        let EventState::Quarantined(quarantine) = event.state else {
            panic!("{body}: not in quarantine");
        };
        assert_eq!(
            (quarantine.reason.as_str(), quarantine.place.as_str()),
            (reason, place),
            "{body}"
        );
    }
}

async fn no_object_is_ever_refused(database: TestDatabase) {
    let router = intake(&database);
    let values = [
        "null",
        "7",
        "true",
        "\"\"",
        "\"\\u0000\"",
        "[]",
        "[[]]",
        "{}",
        "1e999",
        "-0",
        "\"\\ud800\"",
    ];
    for event in values {
        for data in values {
            let body = format!(r#"{{"event":{event},"data":{data},"x":{data}}}"#);
            let answer = post(&router, body.as_bytes()).await;
            assert_eq!(answer.status, StatusCode::OK, "{body}");
        }
        for field in [
            "customer_id",
            "lines",
            "wallet",
            "customer",
            "event",
            "to_tier_id",
            "to_tier_level",
        ] {
            for kind in [
                "CUSTOMER_REGISTRATION",
                "CUSTOMER_REDEMPTION",
                "BEHAVIOR_EVENT_FAILED",
                "TIER_DOWNGRADE",
            ] {
                let body = format!(
                    r#"{{"event":"{kind}","data":{{"customer_id":"ana","{field}":{event}}}}}"#
                );
                let answer = post(&router, body.as_bytes()).await;
                assert_eq!(answer.status, StatusCode::OK, "{body}");
            }
        }
    }
}
