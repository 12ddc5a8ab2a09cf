//! Web pages that ask from a browser.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, ORIGIN, VARY,
};
use axum::http::{HeaderValue, Request, StatusCode};
use laurel_graphql::Settings;
use laurel_testkit::{TestDatabase, both_databases};

use crate::client::Api;

const PAGE: &str = "https://app.example.com";

fn preflight(origin: &str) -> Request<Body> {
    let request = Request::options("/graphql").header(ORIGIN, origin);
    let request = request.header("access-control-request-method", "POST");
    let request = request.header(
        "access-control-request-headers",
        "authorization,content-type",
    );
    request.body(Body::empty()).unwrap()
}

async fn no_page_may_ask_unless_it_is_configured(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let response = api.send(preflight(PAGE)).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN), None);
}

async fn the_pages_of_a_configured_origin_may_ask(database: TestDatabase) {
    let settings = Settings {
        cors_origins: vec![HeaderValue::from_static(PAGE)],
        ..Settings::default()
    };
    let api = Api::with_story_and(database, settings).await;
    let response = api.send(preflight(PAGE)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], PAGE);
    assert_eq!(
        response.headers().get(ACCESS_CONTROL_ALLOW_CREDENTIALS),
        None
    );
    for origin in [
        "https://app.example.com.evil.example",
        "http://app.example.com",
        "https://example.com",
        "null",
    ] {
        let response = api.send(preflight(origin)).await;
        assert_eq!(
            response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN),
            None,
            "{origin}"
        );
    }
    let ask = |known: bool| {
        let mut request = api.post(r#"{"query":"{ tiers { id } }"}"#);
        request
            .headers_mut()
            .insert(ORIGIN, HeaderValue::from_static(PAGE));
        if !known {
            request.headers_mut().remove(AUTHORIZATION);
        }
        request
    };
    for (known, status) in [(true, StatusCode::OK), (false, StatusCode::UNAUTHORIZED)] {
        let response = api.send(ask(known)).await;
        assert_eq!(response.status(), status);
        assert_eq!(
            response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN],
            PAGE,
            "a page reads a refusal, too"
        );
        assert!(
            response.headers()[VARY]
                .to_str()
                .unwrap()
                .contains("origin")
        );
    }
}

both_databases!(
    no_page_may_ask_unless_it_is_configured,
    the_pages_of_a_configured_origin_may_ask,
);
