//! Who is let in; strangers learn nothing, not even which sources there are.

use axum::http::{HeaderValue, Method, StatusCode, header};
use laurel_ingest::Settings;
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::{
    Answer, OTHER_TOKEN, TIER, TOKEN, hook, intake, intake_with, log, request, send,
};

both_databases!(
    a3_an_unknown_source_and_a_wrong_token_are_answered_alike,
    a6_a_token_is_compared_whole,
    a16_one_sources_token_does_not_open_another,
    a37_a_path_that_is_no_path_opens_nothing,
    a_source_that_takes_nothing_lets_nobody_in,
    a_stranger_is_refused_before_the_body_is_read_for_meaning,
);

/// The answer to a post to `uri` with these headers, which must not have been let in.
async fn refused(
    database: &TestDatabase,
    uri: &str,
    headers: &[(header::HeaderName, &str)],
) -> Answer {
    let mut request = request(Method::POST, uri, TIER);
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("a header");
        request.headers_mut().append(name, value);
    }
    let answer = send(&intake(database), request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{uri} {headers:?}");
    answer.anonymous()
}

async fn a3_an_unknown_source_and_a_wrong_token_are_answered_alike(database: TestDatabase) {
    let wrong = refused(&database, "/webhooks/masivo/wrong", &[]).await;
    assert_eq!(
        wrong.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    assert!(wrong.headers.contains_key(header::WWW_AUTHENTICATE));
    let problem = wrong.json();
    assert_eq!(problem["status"], 401);
    assert_eq!(problem["code"], "unauthorized");
    let of_masivo = format!("/webhooks/nobody/{TOKEN}");
    let odd = format!("/webhooks/{}/x", "n".repeat(5_000));
    for uri in [
        "/webhooks/nobody/wrong",
        "/webhooks/nobody",
        "/webhooks/masivo",
        "/webhooks/Masivo/wrong",
        "/webhooks/masivo%00/wrong",
        "/webhooks/%20/wrong",
        &of_masivo,
        &odd,
    ] {
        assert_eq!(refused(&database, uri, &[]).await, wrong, "{uri}");
    }
    assert_eq!(log(&database).await, []);
}

async fn a6_a_token_is_compared_whole(database: TestDatabase) {
    let first_byte = format!("x{}", &TOKEN[1..]);
    let last_byte = format!("{}x", &TOKEN[..TOKEN.len() - 1]);
    let shorter = &TOKEN[..TOKEN.len() - 1];
    let longer = format!("{TOKEN}x");
    for wrong in [
        &first_byte,
        &last_byte,
        shorter,
        &longer,
        "%00",
        "%20",
        &TOKEN.to_uppercase(),
    ] {
        refused(&database, &format!("/webhooks/masivo/{wrong}"), &[]).await;
        let bearer = format!("Bearer {wrong}");
        refused(
            &database,
            "/webhooks/masivo",
            &[(header::AUTHORIZATION, &bearer)],
        )
        .await;
    }
    let bearer = format!("Bearer {TOKEN}");
    let twice = [
        (header::AUTHORIZATION, bearer.as_str()),
        (header::AUTHORIZATION, &bearer),
    ];
    refused(&database, "/webhooks/masivo", &twice).await;
    for scheme in ["", "Basic ", "Token ", "Bearer", "Bearer\u{9}\u{9}x "] {
        let value = format!("{scheme}{TOKEN}");
        refused(
            &database,
            "/webhooks/masivo",
            &[(header::AUTHORIZATION, &value)],
        )
        .await;
    }
    let query = format!("/webhooks/masivo?token={TOKEN}");
    refused(&database, &query, &[]).await;
}

async fn a16_one_sources_token_does_not_open_another(database: TestDatabase) {
    refused(&database, &format!("/webhooks/masivo/{OTHER_TOKEN}"), &[]).await;
    refused(&database, &format!("/webhooks/other/{TOKEN}"), &[]).await;
    let own = request(
        Method::POST,
        &format!("/webhooks/other/{OTHER_TOKEN}"),
        TIER,
    );
    let router = intake(&database);
    assert_eq!(send(&router, own).await.taken(), "accepted");
    assert_eq!(
        send(&router, hook(TIER)).await.taken(),
        "accepted",
        "two sources, two events"
    );
    assert_eq!(log(&database).await.len(), 1);
}

async fn a37_a_path_that_is_no_path_opens_nothing(database: TestDatabase) {
    let router = intake(&database);
    for uri in [
        "/webhooks",
        "/webhooks/",
        "/webhooks/masivo/",
        "/webhooks/masivo/the-token-of-masivo/",
        "/webhooks/masivo/the-token-of-masivo/more",
        "/webhooks/../webhooks/masivo/the-token-of-masivo",
        "//webhooks/masivo/the-token-of-masivo",
        "/Webhooks/masivo/the-token-of-masivo",
    ] {
        let answer = send(&router, request(Method::POST, uri, TIER)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{uri}");
    }
    for uri in [
        "/webhooks//the-token-of-masivo",
        "/webhooks/%ff/x",
        "/webhooks/masivo/%ff",
        "/webhooks/%c3%28",
        "/webhooks/masivo/%",
    ] {
        let answer = send(&router, request(Method::POST, uri, TIER)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{uri}");
        assert_eq!(answer.json()["code"], "unauthorized", "{uri}");
    }
    assert_eq!(log(&database).await, []);
}

async fn a_source_that_takes_nothing_lets_nobody_in(database: TestDatabase) {
    let source = laurel_ingest::SourceSettings::new(database.source(), Vec::new());
    let intake =
        laurel_ingest::Intake::start(database.store.clone(), vec![source], Settings::default());
    let router = laurel_ingest::router(intake);
    assert_eq!(
        send(&router, hook(TIER)).await.status,
        StatusCode::UNAUTHORIZED
    );
    let nobody =
        laurel_ingest::Intake::start(database.store.clone(), Vec::new(), Settings::default());
    let router = laurel_ingest::router(nobody);
    assert_eq!(
        send(&router, hook(TIER)).await.status,
        StatusCode::UNAUTHORIZED
    );
}

async fn a_stranger_is_refused_before_the_body_is_read_for_meaning(database: TestDatabase) {
    let router = intake_with(
        &database,
        Settings {
            max_body: 100,
            ..Settings::default()
        },
    );
    let wrong = "/webhooks/masivo/wrong";
    let malformed = send(&router, request(Method::POST, wrong, "{{{")).await;
    assert_eq!(malformed.status, StatusCode::UNAUTHORIZED);
    // Size comes before credentials, and is the same for everybody.
    let body = format!(r#"{{"event":"X","data":{{"a":"{}"}}}}"#, "x".repeat(100));
    for uri in [wrong, "/webhooks/nobody/x", crate::client::HOOK] {
        let answer = send(&router, request(Method::POST, uri, body.clone())).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{uri}");
    }
}
