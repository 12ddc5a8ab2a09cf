//! API keys: shown once, known by their hash, revoked for good.

use std::time::Duration;

use laurel_payloads::Timestamp;
use laurel_store::{ApiKeyRecord, KeyScope, Store};
use laurel_testkit::{TestDatabase, both_databases};
use uuid::Uuid;

use crate::bodies::source;
use crate::raw;

both_databases!(
    a_key_opens_its_own_source_with_its_own_scopes,
    nothing_but_the_whole_key_opens,
    a_revoked_key_is_revoked_for_good,
    keys_are_listed_without_their_secrets,
    the_use_of_a_key_is_noted_to_the_minute,
);

async fn create(store: &Store, name: &str, scopes: &[KeyScope]) -> (ApiKeyRecord, String) {
    let made = store
        .create_api_key(&source(name), Some("a\0 name"), scopes)
        .await;
    made.expect("a key")
}

async fn authenticate(store: &Store, key: &str) -> Option<ApiKeyRecord> {
    store.authenticate(key).await.expect("an answer")
}

async fn a_key_opens_its_own_source_with_its_own_scopes(database: TestDatabase) {
    let store = &database.store;
    let scopes = [KeyScope::Read, KeyScope::Operate];
    let (made, key) = create(store, "one", &scopes).await;
    let (_, other) = create(store, "two", &[]).await;
    let found = authenticate(store, &key).await.expect("a key");
    assert_eq!(found.id, made.id);
    assert_eq!(found.source, source("one"));
    assert_eq!(found.scopes, scopes);
    let other = authenticate(store, &other).await.expect("a key");
    assert_eq!(other.source, source("two"));
    assert_eq!(other.scopes, []);
}

async fn nothing_but_the_whole_key_opens(database: TestDatabase) {
    let (_, key) = create(&database.store, "one", &[KeyScope::Admin]).await;
    let long = "x".repeat(100_000);
    let shorter = &key[..key.len() - 1];
    let longer = format!("{key}0");
    let upper = key.to_uppercase();
    for wrong in [
        "",
        " ",
        "laurel_",
        "' OR 1=1 --",
        "\0",
        shorter,
        &longer,
        &upper,
        &long,
    ] {
        assert_eq!(authenticate(&database.store, wrong).await, None);
    }
}

async fn a_revoked_key_is_revoked_for_good(database: TestDatabase) {
    let store = &database.store;
    let (made, key) = create(store, "one", &[KeyScope::Read]).await;
    assert!(store.revoke_api_key(made.id).await.expect("an answer"));
    assert_eq!(authenticate(store, &key).await, None);
    database.clock.advance(Duration::from_secs(1));
    assert!(!store.revoke_api_key(made.id).await.expect("an answer"));
    assert!(!store.revoke_api_key(Uuid::nil()).await.expect("an answer"));
    let listed = store.api_keys(None).await.expect("a list");
    assert_eq!(
        listed[0].revoked_at,
        Some(made.created_at),
        "the first time counts"
    );
}

async fn keys_are_listed_without_their_secrets(database: TestDatabase) {
    let store = &database.store;
    let (one, key) = create(store, "one", &[KeyScope::Read]).await;
    create(store, "two", &[KeyScope::Read]).await;
    let all = store.api_keys(None).await.expect("a list");
    assert_eq!(all.len(), 2);
    let of_one = store.api_keys(Some(&source("one"))).await.expect("a list");
    assert_eq!(of_one, [one]);
    assert!(!format!("{all:?}").contains(&key));
    let column = "SELECT CAST(count(*) AS BIGINT) FROM api_keys WHERE length(hash) = 32";
    assert_eq!(raw::value::<i64>(store, column).await, 2);
}

/// The time of the only key's last use, once it is other than `known`: it is noted beside the request.
async fn last_use_other_than(store: &Store, known: Option<Timestamp>) -> Option<Timestamp> {
    loop {
        let keys = store.api_keys(None).await.expect("a list");
        if keys[0].last_used_at != known {
            return keys[0].last_used_at;
        }
        tokio::task::yield_now().await;
    }
}

async fn the_use_of_a_key_is_noted_to_the_minute(database: TestDatabase) {
    let store = &database.store;
    let (_, key) = create(store, "one", &[KeyScope::Read]).await;
    let first = store.clock().now();
    authenticate(store, &key).await;
    assert_eq!(last_use_other_than(store, None).await, Some(first));
    database.clock.advance(Duration::from_secs(59));
    authenticate(store, &key).await;
    // What is known of a key is read anew after two seconds.
    database.clock.advance(Duration::from_secs(2));
    authenticate(store, &key).await;
    let minute = Some(store.clock().now());
    assert_eq!(last_use_other_than(store, Some(first)).await, minute);
}
