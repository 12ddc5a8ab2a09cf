//! Paging through lists, in both directions.

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{Api, accumulation};

/// A history of 57 entries, many of which happened at the same time.
async fn many(database: TestDatabase) -> Api {
    let api = Api::new(database).await;
    let bodies: Vec<Vec<u8>> = (0..57)
        .map(|n| {
            accumulation(
                "many",
                &format!("{}", n + 1),
                &format!("2026-02-0{}T00:00:00Z", 1 + n % 3),
            )
        })
        .collect();
    api.receive(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>())
        .await;
    api
}

/// Walks a connection to its end, forwards or backwards, and returns the pages.
async fn walk(api: &Api, field: &str, size: u32, forwards: bool) -> Vec<Vec<Value>> {
    let (size_name, cursor_name) = if forwards {
        ("first", "after")
    } else {
        ("last", "before")
    };
    let query = format!(
        "query($size: Int, $cursor: String) {{ list: {} }}",
        field.replace(
            "PAGE",
            &format!("{size_name}: $size, {cursor_name}: $cursor")
        )
    );
    let (mut pages, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let told = api
            .ask(&query, json!({ "size": size, "cursor": cursor }))
            .await;
        let list = if told["list"]["page"].is_object() {
            &told["list"]["page"]
        } else {
            &told["list"]
        };
        let edges = list["edges"].as_array().unwrap().clone();
        let info = &list["pageInfo"];
        assert_eq!(info["startCursor"], edges[0]["cursor"]);
        assert_eq!(info["endCursor"], edges[edges.len() - 1]["cursor"]);
        pages.push(edges);
        assert!(pages.len() < 100, "the walk does not end");
        let (more, next) = if forwards {
            (&info["hasNextPage"], &info["endCursor"])
        } else {
            (&info["hasPreviousPage"], &info["startCursor"])
        };
        if more == false {
            return pages;
        }
        cursor = next.clone();
    }
}

const HISTORY: &str = r#"customer(id: "many") { page: history(PAGE) {
    edges { cursor node { id occurredAt } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"#;

async fn a_walk_meets_every_entry_once_in_either_direction(database: TestDatabase) {
    let api = many(database).await;
    let all: Vec<Value> = walk(&api, HISTORY, 100, true).await.concat();
    assert_eq!(all.len(), 57);
    let times: Vec<&str> = all
        .iter()
        .map(|edge| edge["node"]["occurredAt"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|one, next| one >= next), "newest first");
    for size in [1, 7, 19, 57] {
        let forwards = walk(&api, HISTORY, size, true).await;
        assert_eq!(forwards.concat(), all, "forwards by {size}");
        let mut backwards = walk(&api, HISTORY, size, false).await;
        assert!(backwards[0].len() == size as usize, "the last page is full");
        backwards.reverse();
        assert_eq!(backwards.concat(), all, "backwards by {size}");
    }
}

async fn customers_and_the_log_are_walked_likewise(database: TestDatabase) {
    let api = Api::new(database)
        .await
        .asked_by("masivo", &[KeyScope::Operate])
        .await;
    let bodies: Vec<Vec<u8>> = (0..23)
        .map(|n| accumulation(&format!("c{n}"), "1", "2026-02-01T00:00:00Z"))
        .collect();
    api.receive(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>())
        .await;
    let info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    for list in ["customers(PAGE)", "events(PAGE)"] {
        let field = format!("{list} {{ edges {{ cursor node {{ id }} }} {info} }}");
        let all = walk(&api, &field, 100, true).await.concat();
        assert_eq!(all.len(), 23, "{list}");
        assert_eq!(walk(&api, &field, 5, true).await.concat(), all, "{list}");
        let mut backwards = walk(&api, &field, 5, false).await;
        backwards.reverse();
        assert_eq!(backwards.concat(), all, "{list}");
    }
}

async fn a_page_has_twenty_entries_where_nothing_is_said(database: TestDatabase) {
    let api = many(database).await;
    let query = r#"{ customer(id: "many") { history { totalCount edges { cursor } nodes { id }
        pageInfo { hasNextPage hasPreviousPage } } } }"#;
    let told = api.ask(query, Value::Null).await;
    let history = &told["customer"]["history"];
    assert_eq!(history["totalCount"], 57);
    assert_eq!(history["edges"].as_array().unwrap().len(), 20);
    assert_eq!(history["nodes"].as_array().unwrap().len(), 20);
    assert_eq!(
        history["pageInfo"],
        json!({ "hasNextPage": true, "hasPreviousPage": false })
    );
}

async fn entries_between_two_cursors_are_a_page(database: TestDatabase) {
    let api = many(database).await;
    let all = walk(&api, HISTORY, 100, true).await.concat();
    let query = r#"query($after: String, $before: String) { customer(id: "many") {
        history(first: 100, after: $after, before: $before) { edges { cursor node { id occurredAt } } } } }"#;
    let between = json!({ "after": all[3]["cursor"], "before": all[9]["cursor"] });
    let told = api.ask(query, between).await;
    assert_eq!(told["customer"]["history"]["edges"], json!(all[4..9]));
}

async fn a_cursor_of_another_list_is_refused(database: TestDatabase) {
    let api = many(database).await;
    let all = walk(&api, HISTORY, 1, true).await.concat();
    let query = r#"query($cursor: String) { customer(id: "many") { tierChanges(after: $cursor) { nodes { id } } } }"#;
    for cursor in [
        all[0]["cursor"].as_str().unwrap(),
        "",
        "nonsense",
        "aDE6MQ==",
        "💥",
    ] {
        assert_eq!(
            api.codes(query, json!({ "cursor": cursor })).await,
            ["BAD_USER_INPUT"],
            "{cursor}"
        );
    }
}

both_databases!(
    a_walk_meets_every_entry_once_in_either_direction,
    customers_and_the_log_are_walked_likewise,
    a_page_has_twenty_entries_where_nothing_is_said,
    entries_between_two_cursors_are_a_page,
    a_cursor_of_another_list_is_refused,
);
