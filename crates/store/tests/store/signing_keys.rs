//! Signing keys: one a purpose, whoever asks; an older one still verifies.

use futures_util::future::join_all;
use laurel_store::{Purpose, SigningKey, Store};
use laurel_testkit::{TestDatabase, both_databases};

use crate::raw;

both_databases!(
    whoever_asks_first_all_sign_with_one_key,
    a_key_that_is_rotated_out_verifies_and_no_longer_signs,
    a_retired_key_that_is_forgotten_is_gone_and_no_other_is,
    a_key_does_not_print_its_secret,
);

async fn key(store: &Store, purpose: Purpose) -> SigningKey {
    store.signing_key(purpose).await.expect("a key")
}

async fn whoever_asks_first_all_sign_with_one_key(database: TestDatabase) {
    let store = &database.store;
    let asked = (0..8).map(|_| key(store, Purpose::MailLinks));
    let keys = join_all(asked).await;
    let secrets = keys.iter().map(SigningKey::secret);
    assert!(secrets.eq(keys.iter().map(|_| keys[0].secret())));
    let other = key(store, Purpose::CustomerTokens).await;
    assert_ne!(other.secret(), keys[0].secret());
    assert_ne!(other.secret(), &[0; 32]);
    let count: i64 = raw::value(store, "SELECT COUNT(*) FROM signing_keys").await;
    assert_eq!(count, 2);
}

async fn a_key_that_is_rotated_out_verifies_and_no_longer_signs(database: TestDatabase) {
    let store = &database.store;
    let first = key(store, Purpose::MailLinks).await;
    let rotated = store.rotate_signing_key(Purpose::MailLinks).await;
    let second = rotated.expect("another key");
    assert_ne!(second.id, first.id);
    assert_eq!(key(store, Purpose::MailLinks).await.id, second.id);
    let all = store.signing_keys(Purpose::MailLinks).await.expect("keys");
    let now = store.clock().now();
    let keys: Vec<_> = all.iter().map(|key| (key.id, key.retired_at)).collect();
    assert_eq!(keys, [(second.id, None), (first.id, Some(now))]);
}

async fn a_retired_key_that_is_forgotten_is_gone_and_no_other_is(database: TestDatabase) {
    let store = &database.store;
    for purpose in [Purpose::MailLinks, Purpose::CustomerTokens] {
        key(store, purpose).await;
        let rotated = store.rotate_signing_key(purpose).await;
        rotated.expect("another key");
    }
    let forget = async || store.forget_retired_keys(Purpose::CustomerTokens).await;
    assert_eq!(forget().await.expect("an end"), 1);
    assert_eq!(forget().await.expect("an end"), 0);
    let left = async |purpose| store.signing_keys(purpose).await.expect("keys").len();
    assert_eq!(left(Purpose::CustomerTokens).await, 1);
    assert_eq!(left(Purpose::MailLinks).await, 2);
}

async fn a_key_does_not_print_its_secret(database: TestDatabase) {
    let key = key(&database.store, Purpose::Erasures).await;
    let printed = format!("{key:?}");
    assert_eq!(printed, format!("SigningKey {{ id: {:?}, .. }}", key.id));
}
