//! What is no JSON object is refused; the answer names the fault and its place, and repeats nothing of the body.

use axum::http::{StatusCode, header};
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{intake, log, post};

both_databases!(
    what_is_not_a_json_object_is_refused_by_its_fault,
    b11_nesting_is_refused_beyond_its_bound,
    a_refusal_names_the_place_and_repeats_nothing,
);

async fn what_is_not_a_json_object_is_refused_by_its_fault(database: TestDatabase) {
    let router = intake(&database);
    let cases: [(&str, &[u8], &str); 33] = [
        ("B1", b"", "malformed"),
        ("B1", b" \r\n\t ", "malformed"),
        ("B1", b"\xef\xbb\xbf", "malformed"),
        ("B2", br#"{"event":"X","data":{}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{},}"#, "malformed"),
        ("B2", br#"{"event":"X","data":[1,]}"#, "malformed"),
        ("B2", br#"{"event":"X"/* x */,"data":{}}"#, "malformed"),
        ("B2", b"{'event':'X','data':{}}", "malformed"),
        ("B2", br#"{event:"X","data":{}}"#, "malformed"),
        ("B2", br#"{"event":"X" "data":{}}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{"a":01}}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{"a":+1}}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{"a":.5}}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{"a":1.}}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{"a":"\x41"}}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{"a":"\u12g4"}}"#, "malformed"),
        ("B2", br#"{"event":"X","data":{"a":tru}}"#, "malformed"),
        (
            "B3",
            br#"{"event":"X","data":{}}{"event":"X","data":{}}"#,
            "malformed",
        ),
        ("B3", br#"{"event":"X","data":{}} x"#, "malformed"),
        ("B3", b"{\"event\":\"X\",\"data\":{}}\0", "malformed"),
        (
            "B4",
            b"{\"event\":\"X\",\"data\":{}}\n{\"event\":\"Y\",\"data\":{}}",
            "malformed",
        ),
        ("B4", br#"[{"event":"X","data":{}}]"#, "not_object"),
        ("B5", b"null", "not_object"),
        ("B5", b"42", "not_object"),
        ("B5", br#""x""#, "not_object"),
        ("B5", b"[]", "not_object"),
        (
            "B7",
            b"{\"event\":\"X\",\"data\":{\"a\":\"\xff\"}}",
            "not_utf8",
        ),
        (
            "B7",
            b"{\"event\":\"X\",\"data\":{\"a\":\"\xc0\xaf\"}}",
            "not_utf8",
        ),
        (
            "B7",
            b"{\"event\":\"X\",\"data\":{\"a\":\"\xed\xa0\x80\"}}",
            "not_utf8",
        ),
        (
            "B10",
            b"{\"event\":\"X\",\"data\":{\"a\":\"\x01\"}}",
            "malformed",
        ),
        (
            "B10",
            b"{\"event\":\"X\",\"data\":{\"a\":\"\n\"}}",
            "malformed",
        ),
        ("B23", br#"{"event":"X","data":{"a":NaN}}"#, "malformed"),
        (
            "B23",
            br#"{"event":"X","data":{"a":-Infinity}}"#,
            "malformed",
        ),
    ];
    for (row, body, code) in cases {
        let answer = post(&router, body).await;
        let shown = String::from_utf8_lossy(body);
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{row} {shown}");
        assert_eq!(answer.json()["code"], code, "{row} {shown}");
    }
    assert_eq!(log(&database).await, []);
}

fn nested(levels: usize) -> String {
    let inner = levels - 1;
    format!(
        r#"{{"event":"X","a":{}{}}}"#,
        "[".repeat(inner),
        "]".repeat(inner)
    )
}

async fn b11_nesting_is_refused_beyond_its_bound(database: TestDatabase) {
    let router = intake(&database);
    for levels in [64, 127, 128] {
        let answer = post(&router, nested(levels).as_bytes()).await;
        assert_eq!(answer.status, StatusCode::OK, "{levels}");
    }
    let open = "[".repeat(500_000);
    let objects = r#"{"a":"#.repeat(100_000);
    for body in [
        nested(129),
        nested(100_000),
        format!(r#"{{"a":{open}"#),
        objects,
    ] {
        let answer = post(&router, body.as_bytes()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["code"], "too_deep");
    }
}

async fn a_refusal_names_the_place_and_repeats_nothing(database: TestDatabase) {
    let router = intake(&database);
    let body = br#"{"event":"CUSTOMER_REGISTRATION","data":{"customer_id":"ana-0042","email":"ana@example.com"},}"#;
    let answer = post(&router, body).await;
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let problem = answer.json();
    assert_eq!(problem["offset"], body.len() - 1);
    assert_eq!(problem["status"], 400);
    assert_eq!(problem["type"], "about:blank");
    assert_eq!(problem["title"], "Bad Request");
    assert!(problem["detail"].is_string());
    let text = answer.text();
    for part in ["ana", "example", "REGISTRATION", "customer_id"] {
        assert!(!text.contains(part), "{part}");
    }
    for value in answer.headers.values() {
        assert!(!String::from_utf8_lossy(value.as_bytes()).contains("ana"));
    }
}
