//! Tokens that are made to be taken for others: each is answered 401, with the same bytes.

use laurel_testkit::{TestDatabase, both_databases};
use ring::hmac;
use serde_json::{Value, json};

use super::issuer::{BY_RSA, Issuer, RSA, base64, signed};
use super::{api, claims, is_ana, with};
use crate::client::Api;

fn head() -> Value {
    json!({ "alg": "EdDSA", "kid": "ed" })
}

async fn none_of_these_opens(api: &mut Api, tokens: Vec<(&str, String)>) {
    "a.b.c".clone_into(&mut api.key);
    let refused = api.answer("{ viewer { id } }", Value::Null).await;
    for (what, token) in tokens {
        api.key = token;
        let answer = api.answer("{ viewer { id } }", Value::Null).await;
        assert_eq!(answer, refused, "{what}");
    }
}

async fn d29_what_is_over_not_begun_or_for_somebody_else_opens_nothing(database: TestDatabase) {
    let issuer = Issuer::new();
    let mut api = api(database, &issuer).await;
    let claims = claims(&api);
    let now = claims["iat"].as_i64().unwrap();
    let token =
        |name: &str, value: Value| issuer.by_ed(&head(), &with(claims.clone(), name, value));
    let tokens = vec![
        ("expired", token("exp", json!(now - 30))),
        ("no end", token("exp", Value::Null)),
        ("an end in words", token("exp", json!("later"))),
        ("an end before time", token("exp", json!(-1))),
        ("not begun", token("nbf", json!(now + 31))),
        ("a beginning in words", token("nbf", json!("soon"))),
        ("for another", token("aud", json!("shop"))),
        ("for others", token("aud", json!(["shop", "laurels"]))),
        ("for nobody", token("aud", json!([]))),
        ("for no one named", token("aud", Value::Null)),
        (
            "by another",
            token("iss", json!("https://login.example.com/")),
        ),
        ("by us", token("iss", json!("laurel"))),
        ("by nobody", token("iss", Value::Null)),
        (
            "by a list",
            token("iss", json!(["https://login.example.com"])),
        ),
        ("of nobody", token("sub", Value::Null)),
        ("of nobody in words", token("sub", json!(""))),
        ("of a list", token("sub", json!(["ana-0042"]))),
    ];
    none_of_these_opens(&mut api, tokens).await;
    for (what, token) in [
        ("within the leeway", token("exp", json!(now - 29))),
        ("begun within it", token("nbf", json!(now + 30))),
        ("a part of a second", token("exp", json!(1_772_370_000.5))),
    ] {
        api.key = token;
        assert!(is_ana(&api).await, "{what}");
    }
}

async fn d29_the_token_does_not_choose_how_it_is_verified(database: TestDatabase) {
    let issuer = Issuer::new();
    let mut api = api(database, &issuer).await;
    let claims = claims(&api);
    let head = |algorithm: &str, key: &str| json!({ "alg": algorithm, "kid": key });
    let unsigned = |algorithm: &str| signed(&head(algorithm, "ed"), &claims, |_| Vec::new());
    let by_secret = |key: &str, secret: &[u8]| {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        signed(&head("HS256", key), &claims, |message| {
            hmac::sign(&secret, message).as_ref().to_vec()
        })
    };
    let (body, signature) = BY_RSA.rsplit_once('.').unwrap();
    let (_, payload) = body.split_once('.').unwrap();
    let renamed = |algorithm: &str| {
        let head = base64(head(algorithm, "rsa").to_string().as_bytes());
        format!("{head}.{payload}.{signature}")
    };
    let tokens = vec![
        ("none", unsigned("none")),
        ("None", unsigned("None")),
        ("nothing", unsigned("EdDSA")),
        (
            "no algorithm",
            signed(&json!({ "kid": "ed" }), &claims, |_| vec![0; 64]),
        ),
        ("HS256 with the RSA key", by_secret("rsa", RSA.as_bytes())),
        (
            "HS256 with the Ed25519 key",
            by_secret("ed", issuer.public()),
        ),
        (
            "HS256 with a published secret",
            by_secret("shared", b"a secret that was published by mistake"),
        ),
        ("another algorithm's name", renamed("PS256")),
        ("a longer hash's name", renamed("RS512")),
        (
            "another key's kind",
            issuer.by_ed(&head("ES256", "ec"), &claims),
        ),
        (
            "another key of the kind",
            issuer.by_ec(&head("EdDSA", "ed"), &claims),
        ),
        (
            "zeros on the curve",
            signed(&head("ES256", "ec"), &claims, |_| vec![0; 64]),
        ),
    ];
    none_of_these_opens(&mut api, tokens).await;
}

async fn d29_a_keys_name_is_only_ever_compared(database: TestDatabase) {
    let issuer = Issuer::new();
    let stranger = Issuer::new();
    let mut api = api(database, &issuer).await;
    let claims = claims(&api);
    let own = stranger.keys()["keys"][0].clone();
    let head = |more: Value| {
        let mut head = head();
        head.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        head
    };
    let by_stranger = |more: Value| stranger.by_ed(&head(more), &claims);
    let tokens = vec![
        ("a stranger's", by_stranger(json!({}))),
        ("a key that it brings", by_stranger(json!({ "jwk": own }))),
        (
            "a key elsewhere",
            by_stranger(json!({ "jku": "http://127.0.0.1:1/jwks.json" })),
        ),
        (
            "a certificate elsewhere",
            by_stranger(json!({ "x5u": "http://127.0.0.1:1/" })),
        ),
        (
            "a path",
            by_stranger(json!({ "kid": "../../../../dev/null" })),
        ),
        ("a query", by_stranger(json!({ "kid": "' OR 1=1 --" }))),
        (
            "an unknown key",
            issuer.by_ed(&head(json!({ "kid": "later" })), &claims),
        ),
        (
            "a key for something else",
            issuer.by_ed(&head(json!({ "kid": "sealed" })), &claims),
        ),
        (
            "an extension that must be understood",
            issuer.by_ed(&head(json!({ "crit": ["b64"], "b64": false })), &claims),
        ),
        (
            "8 KB",
            issuer.by_ed(
                &head(json!({})),
                &with(claims.clone(), "more", json!("x".repeat(8192))),
            ),
        ),
    ];
    none_of_these_opens(&mut api, tokens).await;
}

both_databases!(
    d29_what_is_over_not_begun_or_for_somebody_else_opens_nothing,
    d29_the_token_does_not_choose_how_it_is_verified,
    d29_a_keys_name_is_only_ever_compared,
);
