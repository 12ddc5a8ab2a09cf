//! Bodies over the wire: what they are said to be, and what they are.

use laurel_store::EventState;
use laurel_testkit::{TestDatabase, both_databases};

use crate::door::{Door, TIER, hook, post};

both_databases!(
    a27_a28_a29_a_body_that_is_not_plain_json_by_its_headers_is_refused,
    whatever_object_comes_is_kept_byte_for_byte,
    whatever_is_no_object_is_refused_and_not_repeated,
);

async fn a27_a28_a29_a_body_that_is_not_plain_json_by_its_headers_is_refused(
    database: TestDatabase,
) {
    let door = Door::open(database).await;
    let typed = |headers: &str| {
        let headers = format!("{headers}Content-Length: {}\r\n", TIER.len());
        post(&headers, TIER).replacen("Content-Type: application/json\r\n", "", 1)
    };
    for headers in [
        "",
        "Content-Type:\r\n",
        "Content-Type: text/plain\r\n",
        "Content-Type: text/json\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=x\r\n",
        "Content-Type: application/json; charset=utf-16\r\n",
        "Content-Type: application/json; charset=latin1\r\n",
        "Content-Type: application/json; CHARSET=\"ISO-8859-1\"\r\n",
        "Content-Type: application/x-ndjson\r\n",
        "Content-Type: application/json-seq\r\n",
        "Content-Type: application/jsonp\r\n",
        "Content-Type: application/octet-stream\r\n",
        "Content-Type: application/json, application/json\r\n",
        "Content-Type: application/json\r\nContent-Type: application/json\r\n",
        "Content-Type: application/json\r\nContent-Type: text/plain\r\n",
        "Content-Type: \u{a0}application/json\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/json\r\nContent-Encoding: GZIP\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip, gzip\r\n",
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
        "Content-Type: application/json\r\nContent-Encoding: identity\r\nContent-Encoding: br\r\n",
        "Content-Type: application/json\r\nContent-Encoding: zstd\r\n",
        "Content-Type: application/json\r\nContent-Encoding: x-snappy\r\n",
        "Content-Type: application/json\r\nContent-Encoding: \u{ff}\r\n",
    ] {
        assert_eq!(
            door.ask(typed(headers)).await,
            "415 unsupported_media_type",
            "{headers:?}"
        );
    }
    door.assert_nothing_was_stored().await;
    for headers in [
        "Content-Type: application/json\r\n",
        "content-type:application/json\r\n",
        "Content-Type: APPLICATION/JSON;CHARSET=UTF-8\r\n",
        "Content-Type: application/json ; charset=\"utf-8\"\r\n",
        "Content-Type: application/cloudevents+json; charset=utf-8\r\n",
        "Content-Type: application/vnd.masivo.v1+json\r\n",
        "Content-Type: application/json\r\nContent-Encoding: identity\r\n",
    ] {
        let answer = door.ask(typed(headers)).await;
        assert!(answer.starts_with("200"), "{headers:?}: {answer}");
    }
}

async fn whatever_object_comes_is_kept_byte_for_byte(database: TestDatabase) {
    let door = Door::open(database).await;
    let cases = [
        (r#"{"event":"NEW","data":{}}"#.to_owned(), ""),
        (
            "\u{feff} {\"event\" : \"NEW2\", \"data\" : { } }\r\n".to_owned(),
            "",
        ),
        (
            r#"{"event":"NEW","data":{"customer_id":"\u0000","n":1e400,"\u0000":"\ud83d\ude00"}}"#
                .to_owned(),
            "",
        ),
        (
            format!(
                r#"{{"event":"NEW","data":{{"x":"{}"}}}}"#,
                "💎".repeat(200_000)
            ),
            "",
        ),
        ("{}".to_owned(), "no_event"),
        (r#"{"EVENT":"NEW","data":{}}"#.to_owned(), "no_event"),
        (
            r#"{"event":"TIER_UPGRADE","data":[{}]}"#.to_owned(),
            "no_data",
        ),
        (
            r#"{"event":"TIER_UPGRADE","data":{}}"#.to_owned(),
            "no_customer",
        ),
        (
            r#"{"event":"TIER_UPGRADE","data":{"customer_id":"a","to_tier_level":"1"}}"#.to_owned(),
            "shape",
        ),
        (
            r#"{"event":"TIER_UPGRADE","data":{"customer_id":"a","to_tier_level":1e999}}"#
                .to_owned(),
            "number_range",
        ),
        (
            r#"{"event":"NEW","data":{"a":1,"\u0061":1}}"#.to_owned(),
            "duplicate_key",
        ),
        (
            r#"{"event":"NEW","data":{"a":"\udfff"}}"#.to_owned(),
            "lone_surrogate",
        ),
    ];
    for (body, reason) in &cases {
        let expected = if reason.is_empty() {
            "200 accepted"
        } else {
            "200 quarantined"
        };
        let shown: String = body.chars().take(80).collect();
        assert_eq!(door.ask(hook(body)).await, expected, "{shown}");
        assert_eq!(door.ask(hook(body)).await, "200 duplicate", "{shown}");
    }
    let log = door.log().await;
    assert_eq!(log.len(), cases.len());
    for (event, (body, reason)) in log.iter().zip(&cases) {
        assert!(event.body == body.as_bytes(), "byte for byte");
        let found = match &event.state {
            EventState::Accepted => "",
            EventState::Quarantined(quarantine) => quarantine.reason.as_str(),
        };
        assert_eq!(found, *reason);
    }
}

async fn whatever_is_no_object_is_refused_and_not_repeated(database: TestDatabase) {
    let door = Door::open(database).await;
    let deep = format!(r#"{{"event":"NEW","secret":{}"#, "[".repeat(100_000));
    for body in [
        "",
        " \r\n",
        "null",
        "42",
        "\"secret\"",
        "[]",
        "[{\"secret\":1}]",
        "{\"secret\":1}{\"secret\":2}",
        "{\"secret\":1}\n{\"secret\":2}",
        "{'secret':1}",
        "{\"secret\":NaN}",
        "{\"secret\":Infinity}",
        "{\"secret\":undefined}",
        "{\"secret\":1,}",
        "{\"secret\":[1,]}",
        "{\"secret\":01}",
        "{\"secret\":+1}",
        "{\"secret\":1_000}",
        "{secret:1}",
        "{\"secret\":1}//x",
        "/**/{\"secret\":1}",
        "secret=1&data=%7B%7D",
        "<secret/>",
        "{\"secret\":\"\t\"}",
        "{\"secret\":\"\\x41\"}",
        "{\"secret\":True}",
        "\u{feff}\u{feff}{\"secret\":1}",
        "{\"secret\":1}\0",
        "\0{\"secret\":1}",
        ")]}',\n{\"secret\":1}",
        deep.as_str(),
    ] {
        let [answer] = door.send(hook(body)).await.try_into().expect("one answer");
        let shown: String = body.chars().take(80).collect();
        assert_eq!(answer.status, 400, "{shown:?}");
        assert!(
            answer
                .head
                .contains("content-type: application/problem+json"),
            "{}",
            answer.head
        );
        assert!(
            !answer.body.contains("secret") && !answer.head.contains("secret"),
            "{}",
            answer.body
        );
    }
    door.assert_nothing_was_stored().await;
}
