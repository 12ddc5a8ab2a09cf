//! The limits that need the schema, and what holds for every refusal. The rest is beside the guard.

use std::time::{Duration, Instant};

use laurel_testkit::{TestDatabase, both_databases};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::client::{Api, codes};

/// The guard's own tests hold it to a quarter of a second; here the key is looked up, too, beside other tests.
const LONGEST: Duration = Duration::from_secs(2);

async fn pages_within_pages_are_reckoned_by_their_size(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let nested = |size: u32| {
        format!(
            "{{ customers(first: {size}) {{ nodes {{ history(first: {size}) {{ nodes {{ customer {{
            tierChanges(first: {size}) {{ nodes {{ id }} }} }} }} }} }} }} }}"
        )
    };
    assert_eq!(
        api.codes(&nested(100), Value::Null).await,
        ["QUERY_TOO_COMPLEX"]
    );
    assert_eq!(
        api.codes(&nested(10), Value::Null).await,
        Vec::<String>::new()
    );
    let ids: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { history(first: 100) { nodes { id kind } } } } }";
    assert_eq!(
        api.codes(query, json!({ "ids": ids })).await,
        ["QUERY_TOO_COMPLEX"]
    );
}

async fn fifty_aliases_of_a_customer_with_a_page_are_within_limits(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let fields = (0..50).fold(String::new(), |all, n| {
        all + &format!("c{n}: customer(id: \"ana-0042\") {{ name history {{ nodes {{ id kind occurredAt }} }} }} ")
    });
    assert_eq!(
        api.codes(&format!("{{ {fields} }}"), Value::Null).await,
        Vec::<String>::new()
    );
}

async fn the_usual_introspection_passes_and_a_misspelled_field_gets_no_hint(
    database: TestDatabase,
) {
    let api = Api::new(database).await;
    let told = api
        .ask(include_str!("introspection.graphql"), Value::Null)
        .await;
    assert_eq!(told["__schema"]["queryType"]["name"], "Query");
    let answer = api.answer("{ custome(id: 1) { id } }", Value::Null).await;
    assert_eq!(codes(&answer), ["GRAPHQL_VALIDATION_FAILED"]);
    assert!(!answer.to_string().contains("Did you mean"));
    assert!(!answer.to_string().contains("customer"));
}

async fn what_is_refused_is_refused_at_once_and_the_next_is_answered(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let fragments = (0..12).fold(String::new(), |all, n| {
        let spread = if n == 11 {
            "__typename ".to_owned()
        } else {
            format!("...f{} ", n + 1).repeat(10)
        };
        all + &format!("fragment f{n} on Query {{ {spread} }} ")
    });
    let circle = "{ type { fields ".repeat(6);
    for query in [
        format!(
            "{{ customer(id: {}1{}) {{ id }} }}",
            "[".repeat(1_200),
            "]".repeat(1_200)
        ),
        format!("{{ ...f0 }} {fragments}"),
        format!(
            "{{ tiers {} {{ id }} }}",
            "@include(if: true) ".repeat(1_500)
        ),
        format!("{{ tiers {{ {} }} }}", "id ".repeat(500)),
        format!(
            "{{ __schema {{ types {{ fields {circle} {{ name }} {} }} }} }}",
            "}".repeat(12)
        ),
        format!("{{ {} }}", "unknown ".repeat(40)),
    ] {
        let start = Instant::now();
        assert!(!api.codes(&query, Value::Null).await.is_empty());
        assert!(
            start.elapsed() < LONGEST,
            "{:?}: {}",
            start.elapsed(),
            &query[..60]
        );
    }
    api.ask("{ tiers { id } }", Value::Null).await;
}

async fn a_fault_of_ours_tells_its_number_and_nothing_else(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let tx = api.app.database.store.begin().await.unwrap();
    tx.connection()
        .execute_unprepared("DROP TABLE tiers")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let answer = api
        .answer("{ rewards { id } tiers { id } }", Value::Null)
        .await;
    assert_eq!(codes(&answer), ["INTERNAL"]);
    let error = &answer["errors"][0];
    assert!(error["extensions"]["requestId"].as_str().unwrap().len() == 36);
    assert_eq!(error["path"], json!(["tiers"]));
    for word in ["no such", "relation", "SELECT", "sqlx", "database"] {
        assert!(!answer.to_string().contains(word), "{answer}");
    }
}

both_databases!(
    pages_within_pages_are_reckoned_by_their_size,
    fifty_aliases_of_a_customer_with_a_page_are_within_limits,
    the_usual_introspection_passes_and_a_misspelled_field_gets_no_hint,
    what_is_refused_is_refused_at_once_and_the_next_is_answered,
    a_fault_of_ours_tells_its_number_and_nothing_else,
);
