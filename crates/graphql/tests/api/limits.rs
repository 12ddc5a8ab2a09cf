//! What is within limits, and what may be measured of the rest. What is refused is in `hostile`.

use laurel_testkit::{TestDatabase, both_databases};
use serde_json::Value;

use crate::client::Api;

async fn fifty_aliases_of_a_customer_with_a_page_are_within_limits(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let fields = (0..50).fold(String::new(), |all, n| {
        all + &format!("c{n}: customer(id: \"ana-0042\") {{ name history {{ nodes {{ id kind occurredAt }} }} }} ")
    });
    api.ask(&format!("{{ {fields} }}"), Value::Null).await;
}

async fn the_usual_introspection_passes(database: TestDatabase) {
    let api = Api::new(database).await;
    let told = api
        .ask(include_str!("introspection.graphql"), Value::Null)
        .await;
    assert_eq!(told["__schema"]["queryType"]["name"], "Query");
}

both_databases!(
    fifty_aliases_of_a_customer_with_a_page_are_within_limits,
    the_usual_introspection_passes,
);
