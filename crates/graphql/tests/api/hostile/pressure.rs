//! Too many questions at once, questions that take too long, and a database that fails under them.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use laurel_graphql::{Settings, Share};
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use super::held;
use crate::client::{Api, codes, json_of};

const HELD: &str = r#"{"query":"{ held }"}"#;

async fn d38_four_of_a_token_run_some_wait_and_the_rest_is_sent_away(database: TestDatabase) {
    let mut api = Api::new(database).await;
    let share = Share {
        waiting: 6,
        patience: Duration::from_mins(1),
        ..Share::default()
    };
    let settings = Settings {
        share,
        deadline: Duration::from_mins(1),
        ..Settings::default()
    };
    let (router, gate, arrived) = held::router(&api.app.database.store, settings);
    api.router = router;
    let mut asked: FuturesUnordered<_> = (0..500).map(|_| api.send(api.post(HELD))).collect();
    for _ in 0..490 {
        let response = asked.next().await.unwrap();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        let wait: u64 = response.headers()[RETRY_AFTER]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((1..=60).contains(&wait));
        assert_eq!(codes(&json_of(response).await), ["RATE_LIMITED"]);
    }
    assert_eq!(arrived.available_permits(), 4);
    gate.add_permits(500);
    while let Some(response) = asked.next().await {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(json_of(response).await["data"], json!({ "held": true }));
    }
    assert_eq!(arrived.available_permits(), 10);
}

async fn d38_another_token_is_answered_meanwhile(database: TestDatabase) {
    let mut api = Api::new(database).await;
    let share = Share {
        at_once: 1,
        waiting: 0,
        ..Share::default()
    };
    let settings = Settings {
        share,
        ..Settings::default()
    };
    let (router, gate, arrived) = held::router(&api.app.database.store, settings);
    api.router = router.clone();
    let first = tokio::spawn(tower::ServiceExt::oneshot(router, api.post(HELD)));
    arrived.acquire().await.unwrap().forget();
    let busy = api.send(api.post(HELD)).await;
    assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
    let api = api.asked_by("masivo", &[KeyScope::Read]).await;
    api.ask("{ tiers { id } }", Value::Null).await;
    gate.add_permits(1);
    assert_eq!(first.await.unwrap().unwrap().status(), StatusCode::OK);
}

async fn d38_a_budget_is_spent_and_told(database: TestDatabase) {
    let mut api = Api::new(database).await;
    let share = Share {
        cost_per_minute: NonZeroU32::new(100),
        ..Share::default()
    };
    let settings = Settings {
        share,
        ..Settings::default()
    };
    api.router = laurel_graphql::router(api.app.database.store.clone(), settings);
    let sixty = "{ customers { nodes { id } totalCount } }";
    let answer = api.answer(sixty, Value::Null).await;
    let cost = json!({ "requested": 61, "limit": 20_000, "remaining": 39 });
    assert_eq!(answer["extensions"]["cost"], cost);
    let body = json!({ "query": sixty }).to_string();
    let response = api.send(api.post(body)).await;
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = response.headers()[RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(codes(&json_of(response).await), ["RATE_LIMITED"]);
    let more = "{ customers(first: 100) { nodes { id } } }";
    assert_eq!(api.codes(more, Value::Null).await, ["QUERY_TOO_COMPLEX"]);
    let api = api.asked_by("masivo", &[KeyScope::Read]).await;
    api.ask(sixty, Value::Null).await;
}

async fn d33_what_takes_too_long_is_told_so_and_keeps_its_turn_until_it_has_ended(
    database: TestDatabase,
) {
    let mut api = Api::new(database).await;
    let share = Share {
        at_once: 1,
        waiting: 0,
        ..Share::default()
    };
    let settings = Settings {
        share,
        deadline: Duration::from_millis(50),
        ..Settings::default()
    };
    let (router, gate, _) = held::router(&api.app.database.store, settings);
    api.router = router;
    let response = api.send(api.post(HELD)).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(codes(&json_of(response).await), ["TIMEOUT"]);
    let busy = api.send(api.post(HELD)).await;
    assert_eq!(
        busy.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "it still runs"
    );
    gate.add_permits(1);
    while api.codes("{ __typename }", Value::Null).await == ["RATE_LIMITED"] {
        tokio::task::yield_now().await;
    }
}

/// Asks for much of everything, of a customer who is there.
const MUCH: &str = r#"{ rewards { name } tiers { name } program { customers }
    customers { nodes { name email wallet { asOf } } }
    customer(id: "ana-0042") { name email history { nodes { kind } } notifications { nodes { state } } } }"#;

/// What nobody is to read: our insides, and people.
const WORDS: [&str; 14] = [
    "no such", "relation", "SELECT", "sqlx", "sqlite", "postgres", "database", "laurel_", ".rs",
    "::", "/tmp", "Ana", "Gómez", "@",
];

async fn d32_d40_a_fault_of_ours_tells_its_number_and_nothing_else(database: TestDatabase) {
    let api = Api::with_story(database).await;
    for table in ["rewards", "tiers", "history_entries", "outbox", "customers"] {
        api.app
            .database
            .execute(&format!("ALTER TABLE {table} RENAME TO gone_{table}"))
            .await;
        let answer = api.answer(MUCH, Value::Null).await;
        let errors = answer["errors"].as_array().unwrap();
        assert!(!errors.is_empty());
        for error in errors {
            let extensions = error["extensions"].as_object().unwrap();
            assert_eq!(
                extensions.keys().collect::<Vec<_>>(),
                ["code", "requestId"],
                "{table}"
            );
            assert_eq!(extensions["code"], "INTERNAL", "{table}");
            assert_eq!(extensions["requestId"].as_str().unwrap().len(), 36);
            for word in WORDS {
                assert!(
                    !error.to_string().contains(word),
                    "{word} of {table} in {error}"
                );
            }
        }
        let beside = answer["extensions"].as_object().unwrap();
        assert_eq!(beside.keys().collect::<Vec<_>>(), ["cost"]);
    }
    api.app
        .database
        .execute("ALTER TABLE api_keys RENAME TO gone_api_keys")
        .await;
    let mut request = api.post(r#"{"query":"{ __typename }"}"#);
    // A key that has not been seen before: what it opens must be looked up.
    let key = HeaderValue::from_static("Bearer laurel_0");
    request.headers_mut().insert(AUTHORIZATION, key);
    let response = api.send(request).await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let answer = json_of(response).await;
    assert_eq!(codes(&answer), ["INTERNAL"]);
    for word in WORDS {
        assert!(!answer.to_string().contains(word), "{word} in {answer}");
    }
}

async fn d40_what_is_refused_tells_nothing_of_anybody(database: TestDatabase) {
    let api = Api::with_story(database).await;
    let api = api.asked_by("another", &[KeyScope::Admin]).await;
    for query in [
        MUCH,
        "{ customer(id: \"ana-0042\") { name email nme } }",
        "{ customer(id: \"ana-0042\") { history(first: 0) { totalCount } } }",
        "{ customer(id: \"ana-0042\") { history(after: \"x\") { totalCount } } }",
        "mutation { suppressEmail(input: { address: \"no address\" }) { userErrors { message } } }",
        "{ customer(id: \"ana-0042\" { name } }",
    ] {
        let answer = api.answer(query, Value::Null).await.to_string();
        for word in WORDS {
            assert!(!answer.contains(word), "{word} in {answer}");
        }
    }
}

both_databases!(
    d38_four_of_a_token_run_some_wait_and_the_rest_is_sent_away,
    d38_another_token_is_answered_meanwhile,
    d38_a_budget_is_spent_and_told,
    d33_what_takes_too_long_is_told_so_and_keeps_its_turn_until_it_has_ended,
    d32_d40_a_fault_of_ours_tells_its_number_and_nothing_else,
    d40_what_is_refused_tells_nothing_of_anybody,
);
