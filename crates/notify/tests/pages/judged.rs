//! The pages in a browser: headless Chromium, with axe-core as the judge of who can use them.

use std::time::Duration;

use laurel_notify::mail::{Brand, Brands};
use laurel_testkit::{TestDatabase, look, run_for};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::house::House;

const BUILT_IN: &str = "#2c6446";

async fn judge(database: TestDatabase, name: &str, color: &str) {
    let common = Brand {
        name: Some(name.to_owned()),
        color: color.parse().unwrap(),
        ..Brand::default()
    };
    let brands = Brands {
        common,
        ..Brands::default()
    };
    let house = House::of(database, brands).await;
    house.mailed().await;
    let (link, choice) = (house.link(), house.choice());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, house.pages.clone()).into_future());
    let look_at = |name: &str, path: &str, language: &str, press: &[&str]| json!({ "name": name, "url": format!("{base}{path}"), "language": language, "press": press });
    let mut looks = vec![
        look_at("ask", &link, "en", &[]),
        look_at("choose", &choice, "es", &[]),
        look_at("saved", &choice, "pt", &["choose"]),
        look_at("missing", "/email/unsubscribe/forged", "fr", &[]),
        look_at("resumed", &link, "es", &["stop", "resume"]),
        look_at("stopped", &choice, "fr", &["stop"]),
    ];
    // The other colours where there is most of them.
    if color != BUILT_IN {
        looks.retain(|look| {
            ["saved", "stopped"]
                .iter()
                .any(|name| look["name"] == *name)
        });
    }
    let seen = look(
        &json!(looks),
        &format!("pages-{}", color.trim_start_matches('#')),
    )
    .await;
    server.abort();
    assert_eq!(seen.len(), 4 * looks.len());
    for seen in seen {
        assert_eq!(seen["violations"], json!([]), "{seen:#}");
        assert_eq!(seen["overflow"], false, "{seen:#}");
        let complaints = seen["complaints"].as_array().unwrap();
        let of_policy = |said: &&Value| said.as_str().unwrap().contains("Content Security Policy");
        assert_eq!(complaints.iter().find(of_policy), None, "{seen:#}");
        assert!(seen["passes"].as_u64() > Some(10), "{seen:#}");
        let asked = seen["asked"].as_array().unwrap();
        assert!(asked.len() <= 3, "{seen:#}");
        let expected = if seen["name"] == "missing" { 404 } else { 200 };
        assert_eq!(seen["status"], expected, "{seen:#}");
    }
}

#[test]
fn axe_finds_nothing_and_no_page_is_wider_than_its_window_or_asks_for_more_than_itself() {
    // The colour that is built in, and two that neither white nor black text stands out on by itself.
    for (name, color) in [
        ("Café Central", BUILT_IN),
        ("Club de Fidelidad Panificadora São João Batista", "#ffcc00"),
        ("Níké", "#101010"),
    ] {
        run_for(Duration::from_mins(2), async move {
            judge(TestDatabase::sqlite().await, name, color).await;
        });
    }
}
