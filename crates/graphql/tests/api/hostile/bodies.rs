//! Events with bodies as large as intake takes them, asked for by the page.

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{Api, accumulation, codes};

const MEBIBYTE: usize = 1024 * 1024;

/// A customer with so many accumulations, an hour between them, each in a body of so many bytes.
async fn with_bodies(database: TestDatabase, count: usize, size: usize) -> Api {
    let api = Api::new(database).await;
    let bodies: Vec<Vec<u8>> = (0..count).map(|n| padded(n, size)).collect();
    for some in bodies.chunks(10) {
        api.receive(&some.iter().map(Vec::as_slice).collect::<Vec<_>>())
            .await;
    }
    api.asked_by("masivo", &[KeyScope::Operate, KeyScope::Read])
        .await
}

fn padded(number: usize, size: usize) -> Vec<u8> {
    let at = format!("2026-02-{:02}T{:02}:00:00Z", 1 + number / 24, number % 24);
    let mut body = accumulation("c", &(number + 1).to_string(), &at);
    body.pop();
    body.extend(br#","note":""#);
    body.resize(size - 2, b'x');
    body.extend(br#""}"#);
    body
}

fn all_too_complex(answer: &Value) -> usize {
    let codes = codes(answer);
    assert!(
        codes.iter().all(|code| code == "QUERY_TOO_COMPLEX"),
        "{codes:?}"
    );
    codes.len()
}

const DETAILS: &str = r#"query($first: Int) { tiers { id } customer(id: "c") { history(first: $first) {
    nodes { id ... on Accumulation { lines { amount } } } } } }"#;

async fn d12_a_page_of_large_bodies_is_told_as_far_as_a_request_may_load(database: TestDatabase) {
    let api = with_bodies(database, 24, MEBIBYTE).await;
    let answer = api
        .answer(
            "{ events(first: 100) { nodes { name body } } }",
            Value::Null,
        )
        .await;
    let events = answer["data"]["events"]["nodes"].as_array().unwrap();
    let bodies: Vec<usize> = events
        .iter()
        .map(|event| event["body"].as_str().map_or(0, str::len))
        .collect();
    assert_eq!(bodies[..4], [MEBIBYTE; 4]);
    assert_eq!(bodies[4..], [0; 20]);
    assert_eq!(all_too_complex(&answer), 20);
    // What needs no body is told of all.
    let heads = api
        .ask("{ events(first: 100) { nodes { name } } }", Value::Null)
        .await;
    assert_eq!(heads["events"]["nodes"].as_array().unwrap().len(), 24);
    // Details that are there for certain take their customer with them, and nothing else.
    let answer = api.answer(DETAILS, json!({ "first": 100 })).await;
    assert_ne!(all_too_complex(&answer), 0);
    assert_eq!(answer["data"], json!({ "tiers": [], "customer": null }));
}

async fn d12_what_needs_more_bodies_than_a_request_may_load_says_so(database: TestDatabase) {
    let api = with_bodies(database, 6, MEBIBYTE).await;
    let page = api.ask(DETAILS, json!({ "first": 4 })).await;
    let entries = page["customer"]["history"]["nodes"].as_array().unwrap();
    let newest = entries[0]["lines"][0]["amount"].as_str();
    assert_eq!((entries.len(), newest), (4, Some("6")));
    let answer = api.answer(DETAILS, json!({ "first": 5 })).await;
    assert_ne!(all_too_complex(&answer), 0);

    let query = r#"{ customer(id: "c") { history { nodes { id } } } }"#;
    let told = api.ask(query, Value::Null).await;
    let entries = told["customer"]["history"]["nodes"].as_array().unwrap();
    let ids: Vec<&Value> = entries.iter().map(|entry| &entry["id"]).collect();
    let query =
        "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Accumulation { lines { amount } } } }";
    let answer = api.answer(query, json!({ "ids": ids })).await;
    let nodes = answer["data"]["nodes"].as_array().unwrap();
    let told: Vec<bool> = nodes.iter().map(|node| !node.is_null()).collect();
    assert_eq!(told, [true, true, true, true, false, false]);
    assert_eq!(all_too_complex(&answer), 2);

    let query = r#"query($to: DateTime) { customer(id: "c") { wallet { asOf unexplained(to: $to) { amount } } } }"#;
    let answer = api.answer(query, Value::Null).await;
    assert_eq!(all_too_complex(&answer), 1);
    let narrowed = json!({ "to": "2026-02-01T04:00:00Z" });
    let told = api.ask(query, narrowed).await;
    assert!(told["customer"]["wallet"]["unexplained"].is_array());
}

async fn d12_the_bodies_of_many_pages_count_together(database: TestDatabase) {
    let api = with_bodies(database, 100, 15 * 1024).await;
    let pages = |count: u8| {
        let page = |n| {
            format!(
                "p{n}: history(first: 100) {{ nodes {{ ... on Accumulation {{ lines {{ amount }} }} }} }}"
            )
        };
        let pages: String = (0..count).map(page).collect();
        format!(r#"{{ customer(id: "c") {{ {pages} }} }}"#)
    };
    let told = api.ask(&pages(2), Value::Null).await;
    let told = told["customer"]["p1"]["nodes"].as_array().unwrap();
    assert_eq!(told.len(), 100);
    let answer = api.answer(&pages(4), Value::Null).await;
    assert_ne!(all_too_complex(&answer), 0);
    assert_eq!(answer["data"]["customer"], Value::Null);
    // The next request has a budget of its own.
    api.ask(&pages(1), Value::Null).await;
}

both_databases!(
    d12_a_page_of_large_bodies_is_told_as_far_as_a_request_may_load,
    d12_what_needs_more_bodies_than_a_request_may_load_says_so,
    d12_the_bodies_of_many_pages_count_together,
);
