//! The commands that ask Masivo, as the stock binary has them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use tokio::net::TcpListener;

use crate::place::Place;

/// A place whose configuration goes on like this.
fn place_with(more: &str) -> Place {
    let place = Place::new();
    let path = place.path().join("laurel.toml");
    let toml = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, format!("{toml}{more}")).unwrap();
    place
}

fn account(url: &str) -> String {
    format!(
        "[extensions.masivo_api.accounts.masivo]\nurl = \"{url}\"\napi_key = \"s3cret-key\"\nrequests_per_minute = 6000\n"
    )
}

/// One customer, whose points are as many as are told.
async fn masivo(points: Arc<AtomicU32>) -> String {
    let customer = move || async move {
        let total = points.load(Ordering::SeqCst);
        Json(json!({ "data": {
            "customer": { "id": "ana", "name": "Ana", "email": "ana@example.com" },
            "wallet": { "totals": [{ "total": total, "reward_id": "points" }] },
        } }))
    };
    let router = Router::new()
        .route(
            "/auth/authorize",
            get(|| async { Json(json!({ "data": "token" })) }),
        )
        .route("/customers/ana", get(customer))
        .route(
            "/customers/ana/transactions",
            get(|| async { Json(json!({ "data": [] })) }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

#[tokio::test]
async fn a_customer_is_brought_in_and_balances_are_compared_by_their_exit_codes() {
    let points = Arc::new(AtomicU32::new(100));
    let place = place_with(&account(&masivo(points.clone()).await));
    place.answer(&["migrate"]).await;
    std::fs::write(place.path().join("ids"), "ana\n").unwrap();
    let report = place
        .answer(&["backfill", "customers", "--list", "ids"])
        .await;
    assert_eq!(
        report,
        "masivo: 1 customers, 1 asked for: 1 found, 0 unknown to Masivo, 0 failed\n"
    );
    place.answer(&["replay", "history"]).await;
    let report = place.answer(&["reconcile"]).await;
    assert!(report.contains("1 customers compared"), "{report}");

    points.store(90, Ordering::SeqCst);
    let output = place.run(&["reconcile", "--customer", "ana"]).await;
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(
        report.contains("100 here") && report.contains("-10 unexplained"),
        "{report}"
    );
    let (code, said) = place.refusal(&["reconcile", "--customer", "nobody"]).await;
    assert_eq!(code, 4, "{said}");
}

#[tokio::test]
async fn without_an_account_the_commands_say_what_is_missing() {
    let place = Place::new();
    place.answer(&["migrate"]).await;
    for command in [
        &["backfill", "customers"][..],
        &["backfill", "transactions"],
        &["reconcile"],
    ] {
        let (code, said) = place.refusal(command).await;
        assert_eq!(code, 2, "{said}");
        assert!(
            said.contains("[extensions.masivo_api.accounts.SOURCE]"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn an_account_that_will_not_do_is_refused_before_anything_starts() {
    let place = place_with(&account("http://app.masivo.ai/api"));
    let (code, said) = place.refusal(&["config", "check"]).await;
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("extensions.masivo_api.accounts.masivo.url"),
        "{said}"
    );
    assert!(!said.contains("s3cret"), "{said}");
    let place = place_with(&account("https://app.masivo.ai/api").replace("per_minute", "per_hour"));
    let (code, said) = place.refusal(&["config", "check"]).await;
    assert_eq!(code, 2, "{said}");
    assert!(
        said.contains("requests_per_hour") && !said.contains("s3cret"),
        "{said}"
    );
    let place = place_with(&account("https://app.masivo.ai/api"));
    let shown = place.answer(&["config", "print"]).await;
    assert!(
        shown.contains("masivo_api") && !shown.contains("s3cret"),
        "{shown}"
    );
}
