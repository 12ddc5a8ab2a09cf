//! How large, how slow and of what type a body may be.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use futures_util::stream;
use laurel_ingest::Settings;
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{TIER, hook, intake, intake_with, log, post, send};

both_databases!(
    a18_the_last_byte_that_fits_fits_and_the_next_does_not,
    a19_a_length_is_believed_before_anything_is_read,
    a20_a_body_without_end_is_cut_off,
    a21_a_body_that_does_not_come_is_waited_for_no_longer,
    a_body_that_breaks_off_is_no_event,
    a27_a28_a_coded_body_is_refused,
    a29_only_json_in_utf8_is_taken,
);

async fn a18_the_last_byte_that_fits_fits_and_the_next_does_not(database: TestDatabase) {
    let router = intake_with(
        &database,
        Settings {
            max_body: TIER.len(),
            ..Settings::default()
        },
    );
    assert_eq!(post(&router, TIER).await.taken(), "accepted");
    let larger = [TIER, b" "].concat();
    let known_length = post(&router, &larger).await;
    assert_eq!(known_length.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(known_length.json()["code"], "too_large");
    assert_eq!(known_length.headers[header::CONNECTION], "close");
    let chunks = [TIER, b" "].map(|chunk| Ok::<_, Infallible>(Bytes::from_static(chunk)));
    let chunked = hook(Body::from_stream(stream::iter(chunks)));
    assert_eq!(
        send(&router, chunked).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
}

async fn a19_a_length_is_believed_before_anything_is_read(database: TestDatabase) {
    let router = intake(&database);
    for length in [
        "10000000000",
        "1048577",
        "18446744073709551616",
        "99999999999999999999999999",
    ] {
        let silent = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let mut request = hook(silent);
        let length = HeaderValue::from_str(length).expect("a header");
        request
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.clone());
        let answer = send(&router, request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{length:?}");
    }
}

async fn a20_a_body_without_end_is_cut_off(database: TestDatabase) {
    let router = intake(&database);
    let endless = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b' '; 4_096])));
    let answer = send(&router, hook(Body::from_stream(endless))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

async fn a21_a_body_that_does_not_come_is_waited_for_no_longer(database: TestDatabase) {
    let settings = Settings {
        body_deadline: Duration::from_millis(20),
        ..Settings::default()
    };
    let router = intake_with(&database, settings);
    let beginning = Ok::<_, Infallible>(Bytes::from_static(&TIER[..20]));
    let silent = futures_util::StreamExt::chain(stream::iter([beginning]), stream::pending());
    let answer = send(&router, hook(Body::from_stream(silent))).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(answer.json()["code"], "timeout");
    assert_eq!(answer.headers[header::CONNECTION], "close");
    assert_eq!(log(&database).await, []);
}

async fn a_body_that_breaks_off_is_no_event(database: TestDatabase) {
    let router = intake(&database);
    let broken = [
        Ok(Bytes::from_static(TIER)),
        Err(std::io::Error::other("the connection was reset")),
    ];
    let answer = send(&router, hook(Body::from_stream(stream::iter(broken)))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["code"], "incomplete");
    assert!(!answer.text().contains("reset"));
    assert_eq!(log(&database).await, []);
}

async fn a27_a28_a_coded_body_is_refused(database: TestDatabase) {
    let router = intake(&database);
    for encoding in [
        "gzip",
        "gzip, gzip",
        "zstd",
        "br",
        "deflate",
        "x",
        "identity, gzip",
    ] {
        let mut request = hook(TIER);
        let encoding = HeaderValue::from_static(encoding);
        request
            .headers_mut()
            .insert(header::CONTENT_ENCODING, encoding.clone());
        let answer = send(&router, request).await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{encoding:?}"
        );
        assert_eq!(answer.json()["code"], "unsupported_media_type");
    }
    let mut plain = hook(TIER);
    let identity = HeaderValue::from_static("identity");
    plain
        .headers_mut()
        .insert(header::CONTENT_ENCODING, identity);
    assert_eq!(send(&router, plain).await.taken(), "accepted");
}

async fn a29_only_json_in_utf8_is_taken(database: TestDatabase) {
    let router = intake(&database);
    let with_type = async |content_type: Option<&str>| {
        let mut request = hook(TIER);
        request.headers_mut().remove(header::CONTENT_TYPE);
        if let Some(content_type) = content_type {
            let value = HeaderValue::from_str(content_type).expect("a header");
            request.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        send(&router, request).await
    };
    for refused in [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/json; charset=utf-16"),
        Some("application/json, text/plain"),
    ] {
        let answer = with_type(refused).await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{refused:?}"
        );
    }
    for taken in [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json; charset=\"utf-8\"",
        "application/json; profile=\"x\"",
        "application/vnd.masivo+json; charset=utf8",
    ] {
        let answer = with_type(Some(taken)).await;
        assert_eq!(answer.status, StatusCode::OK, "{taken}");
    }
}
