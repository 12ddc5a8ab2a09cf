//! Tokens of the brand's own identity provider.

mod issuer;
mod rows;

use std::time::Duration;

use laurel_graphql::Settings;
use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::{Value, json};

use self::issuer::{BY_RSA, ISSUER, Issuer};
use crate::client::{ANA, Api};

const OWN: &str = "{ viewer { customerId } }";

/// The API over the story, which takes tokens of the issuer.
async fn api(database: TestDatabase, issuer: &Issuer) -> Api {
    let settings = Settings {
        providers: vec![
            issuer.for_source("another", "elsewhere"),
            issuer.for_source("masivo", "laurel"),
        ],
        ..Settings::default()
    };
    Api::with_story_and(database, settings).await
}

/// What a token for the customer of the story claims; good for an hour.
fn claims(api: &Api) -> Value {
    let now = api.app.database.store.clock().now().micros() / 1_000_000;
    json!({ "iss": ISSUER, "aud": "laurel", "sub": ANA, "iat": now, "exp": now + 3600 })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

async fn is_ana(api: &Api) -> bool {
    let answer = api.answer(OWN, Value::Null).await;
    answer.get("errors").is_none() && answer["data"] == json!({ "viewer": { "customerId": ANA } })
}

async fn whoever_the_provider_has_signed_in_sees_themselves(database: TestDatabase) {
    let issuer = Issuer::new();
    let mut api = api(database, &issuer).await;
    let claims = claims(&api);
    for token in [
        issuer.by_ed(&json!({ "alg": "EdDSA", "kid": "ed" }), &claims),
        issuer.by_ed(&json!({ "alg": "EdDSA", "typ": "at+jwt" }), &claims),
        issuer.by_ec(&json!({ "alg": "ES256", "kid": "ec" }), &claims),
        BY_RSA.to_owned(),
    ] {
        api.key = token;
        assert!(is_ana(&api).await, "{}", api.key);
        assert_eq!(
            api.codes("{ customers { totalCount } }", Value::Null).await,
            ["FORBIDDEN"]
        );
    }
}

async fn the_audience_decides_whose_customer_it_is(database: TestDatabase) {
    let issuer = Issuer::new();
    let mut api = api(database, &issuer).await;
    let elsewhere = with(claims(&api), "aud", json!(["elsewhere", "shop"]));
    api.key = issuer.by_ed(&json!({ "alg": "EdDSA", "kid": "ed" }), &elsewhere);
    let told = api.ask(OWN, Value::Null).await;
    assert_eq!(told, json!({ "viewer": null }), "nobody is known there");
}

async fn another_claim_can_name_the_customer(database: TestDatabase) {
    let issuer = Issuer::new();
    let mut provider = issuer.for_source("masivo", "laurel");
    "loyalty_id".clone_into(&mut provider.claim);
    let settings = Settings {
        providers: vec![provider],
        ..Settings::default()
    };
    let mut api = Api::with_story_and(database, settings).await;
    let head = json!({ "alg": "EdDSA", "kid": "ed" });
    let named = with(
        with(claims(&api), "sub", json!("auth0|7")),
        "loyalty_id",
        json!(ANA),
    );
    api.key = issuer.by_ed(&head, &named);
    assert!(is_ana(&api).await);
    api.key = issuer.by_ed(&head, &claims(&api));
    assert_eq!(api.codes(OWN, Value::Null).await, ["UNAUTHENTICATED"]);
}

async fn new_keys_are_used_without_a_restart_and_broken_ones_are_not(database: TestDatabase) {
    let (issuer, next) = (Issuer::new(), Issuer::new());
    let mut api = api(database, &issuer).await;
    let head = json!({ "alg": "EdDSA", "kid": "ed" });
    let (old, new) = (
        issuer.by_ed(&head, &claims(&api)),
        next.by_ed(&head, &claims(&api)),
    );
    api.key = old.clone();
    assert!(is_ana(&api).await);
    let later = || api.app.database.clock.advance(Duration::from_secs(11));
    issuer.publish(&json!({ "keys": [] }));
    later();
    assert!(is_ana(&api).await, "the old keys are still in use");
    issuer.publish(&next.keys());
    later();
    assert_eq!(api.codes(OWN, Value::Null).await, ["UNAUTHENTICATED"]);
    api.key = new;
    assert!(is_ana(&api).await);
}

async fn an_api_key_is_none_the_worse_for_a_provider(database: TestDatabase) {
    let issuer = Issuer::new();
    let api = api(database, &issuer).await;
    let api = api.asked_by_customer(ANA).await;
    assert!(is_ana(&api).await, "tokens of our own open as before");
    let api = api.asked_by("masivo", &[KeyScope::Read]).await;
    let told = api.ask("{ customers { totalCount } }", Value::Null).await;
    assert_eq!(told["customers"]["totalCount"], 1);
}

both_databases!(
    whoever_the_provider_has_signed_in_sees_themselves,
    the_audience_decides_whose_customer_it_is,
    another_claim_can_name_the_customer,
    new_keys_are_used_without_a_restart_and_broken_ones_are_not,
    an_api_key_is_none_the_worse_for_a_provider,
);
