//! The explorer's page, as it is served.

use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{Request, StatusCode};
use laurel_testkit::{TestDatabase, run};

use crate::client::Api;

async fn text(api: &Api, path: &str) -> (StatusCode, String) {
    let response = api
        .send(Request::get(path).body(Body::empty()).unwrap())
        .await;
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// Every path that a text names between quotation marks.
fn paths(text: &str) -> Vec<String> {
    let quoted = text.split('"').skip(1).step_by(2);
    let paths = quoted.filter_map(|quoted| {
        let file = quoted.strip_prefix("./");
        file.map(|file| format!("/explorer/{file}"))
            .or_else(|| quoted.starts_with("/explorer/").then(|| quoted.to_owned()))
    });
    paths.collect()
}

#[test]
fn the_page_and_every_file_that_it_names_are_served_to_anyone_under_its_policy() {
    run(async {
        let api = Api::new(TestDatabase::sqlite().await).await;
        let (mut to_look_at, mut seen) = (vec!["/".to_owned()], Vec::new());
        while let Some(path) = to_look_at.pop() {
            if seen.contains(&path) {
                continue;
            }
            let request = Request::get(&path).body(Body::empty()).unwrap();
            let response = api.send(request).await;
            let policy = response.headers()[CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self';"),
                "{policy}"
            );
            assert!(
                !policy.contains("unsafe") && !policy.contains("http"),
                "{policy}"
            );
            let (status, text) = text(&api, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            assert!(
                !text.contains("//cdn") && !text.contains(" style="),
                "{path}"
            );
            to_look_at.extend(paths(&text));
            seen.push(path);
        }
        assert_eq!(seen.len(), 13, "{seen:?}");
        assert_eq!(
            text(&api, "/explorer/nothing.js").await.0,
            StatusCode::NOT_FOUND
        );
    });
}

#[test]
fn a_browser_that_has_a_file_is_not_sent_it_again() {
    run(async {
        let api = Api::new(TestDatabase::sqlite().await).await;
        let get = async |tag: Option<&str>| {
            let request = Request::get("/explorer/main.js");
            let request = match tag {
                Some(tag) => request.header(IF_NONE_MATCH, tag),
                None => request,
            };
            api.send(request.body(Body::empty()).unwrap()).await
        };
        let first = get(None).await;
        assert_eq!(
            first.headers()[CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        let tag = first.headers()[ETAG].to_str().unwrap();
        assert_eq!(get(Some(tag)).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get(Some("\"another\"")).await.status(), StatusCode::OK);
    });
}
