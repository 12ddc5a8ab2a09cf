//! What the filters let through.

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use crate::client::{ANA, Api, accumulation};

async fn a_history_is_filtered_by_kind_time_reward_and_brand(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let (points, coffee) = (
        "8f26a2be-f922-4693-a273-9d7ab317024c",
        "5b0f3c1e-7a56-4d0a-9a6e-0f6f2f7f4a11",
    );
    for (filter, kinds) in [
        (
            json!({ "kinds": ["TIER_UPGRADE"] }),
            vec!["TIER_UPGRADE", "TIER_UPGRADE"],
        ),
        (json!({ "kinds": [] }), vec![]),
        (
            json!({ "rewardId": coffee }),
            vec!["CUSTOMER_REDEMPTION", "CUSTOMER_ACCUMULATION"],
        ),
        (
            json!({ "rewardId": points, "from": "2026-02-01T09:00:00Z", "to": "2026-02-14T20:00:01Z" }),
            vec![
                "REWARDS_RESERVATION_CANCELLED",
                "REWARDS_RESERVATION",
                "CUSTOMER_ACCUMULATION",
            ],
        ),
        (
            json!({ "brandId": "cafe-central", "kinds": ["CUSTOMER_ACCUMULATION", "TIER_UPGRADE"] }),
            vec!["CUSTOMER_ACCUMULATION", "CUSTOMER_ACCUMULATION"],
        ),
        (json!({ "brandId": "another" }), vec![]),
        (json!({ "rewardId": "' OR 1=1 --" }), vec![]),
        (json!({ "rewardId": "%" }), vec![]),
        (
            json!({ "from": "2026-03-01T12:00:00Z", "kinds": ["COUPON_REDEMPTION"] }),
            vec!["COUPON_REDEMPTION"],
        ),
    ] {
        let query = r"query($id: ID!, $filter: HistoryFilter) {
            customer(id: $id) { history(filter: $filter) { totalCount nodes { kind } } } }";
        let told = api.ask(query, json!({ "id": ANA, "filter": filter })).await;
        let history = &told["customer"]["history"];
        let found: Vec<&str> = history["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["kind"].as_str().unwrap())
            .collect();
        assert_eq!(found, kinds, "{filter}");
        assert_eq!(history["totalCount"], kinds.len(), "{filter}");
    }
}

async fn customers_are_filtered_by_tier_status_and_first_sight(database: TestDatabase) {
    let api = Api::with_story(database).await;
    api.receive(&[&accumulation("other", "1", "2026-02-01T00:00:00Z")])
        .await;
    let bronze = "142b1336-ef6e-40aa-be3f-33332003bfa5";
    for (filter, ids) in [
        (json!({ "tierId": bronze }), vec![ANA]),
        (json!({ "tierId": "gold" }), vec![]),
        (json!({ "status": "ACTIVE" }), vec![ANA]),
        (json!({ "status": "INACTIVE" }), vec![]),
        (
            json!({ "firstSeenFrom": "2026-03-01T12:00:00Z" }),
            vec!["other", ANA],
        ),
        (json!({ "firstSeenTo": "2026-03-01T12:00:00Z" }), vec![]),
        (Value::Null, vec!["other", ANA]),
    ] {
        let query = "query($f: CustomerFilter) { customers(filter: $f) { totalCount nodes { customerId } } }";
        let told = api.ask(query, json!({ "f": filter })).await;
        let nodes = told["customers"]["nodes"].as_array().unwrap();
        let found: Vec<&str> = nodes
            .iter()
            .map(|node| node["customerId"].as_str().unwrap())
            .collect();
        assert_eq!(found, ids, "{filter}");
        assert_eq!(told["customers"]["totalCount"], ids.len(), "{filter}");
    }
}

async fn a_filter_that_makes_no_sense_is_refused(database: TestDatabase) {
    let api = Api::new(database).await;
    let query = "query($f: CustomerFilter) { customers(filter: $f) { totalCount } }";
    for (filter, code) in [
        (json!({ "tierId": "" }), "BAD_USER_INPUT"),
        (json!({ "tierId": "x".repeat(256) }), "BAD_USER_INPUT"),
        (json!({ "tierId": "a\u{0}b" }), "BAD_USER_INPUT"),
        (json!({ "status": "SLEEPING" }), "GRAPHQL_VALIDATION_FAILED"),
        (
            json!({ "firstSeenFrom": "yesterday" }),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (json!({ "firstSeenFrom": 5 }), "GRAPHQL_VALIDATION_FAILED"),
        (json!({ "unknown": 1 }), "BAD_USER_INPUT"),
    ] {
        assert_eq!(
            api.codes(query, json!({ "f": filter })).await,
            [code],
            "{filter}"
        );
    }
}

async fn a_filter_of_the_log_holds_nothing_that_postgres_cannot(database: TestDatabase) {
    let api = Api::new(database)
        .await
        .asked_by("masivo", &[KeyScope::Operate])
        .await;
    let query = "query($f: EventFilter) { events(filter: $f) { totalCount } }";
    for filter in [
        json!({ "name": "a\u{0}" }),
        json!({ "name": "" }),
        json!({ "customerId": "a\u{0}" }),
        json!({ "customerId": "x".repeat(1000) }),
    ] {
        assert_eq!(
            api.codes(query, json!({ "f": filter })).await,
            ["BAD_USER_INPUT"],
            "{filter}"
        );
    }
    for id in ["a\u{0}b", "", "\u{7f}", "💥"] {
        let query = "query($id: ID!) { customer(id: $id) { id } node(id: $id) { id } event(id: $id) { id } }";
        let told = api.ask(query, json!({ "id": id })).await;
        assert_eq!(
            told,
            json!({ "customer": null, "node": null, "event": null })
        );
    }
}

both_databases!(
    a_filter_of_the_log_holds_nothing_that_postgres_cannot,
    a_history_is_filtered_by_kind_time_reward_and_brand,
    customers_are_filtered_by_tier_status_and_first_sight,
    a_filter_that_makes_no_sense_is_refused,
);
