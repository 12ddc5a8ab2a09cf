//! Whatever the headers hold, verifiers answer and never panic.

use laurel_ingest::{
    BasicVerifier, HmacSettings, HmacVerifier, QueryVerifier, SignatureEncoding, SignedTime,
    StandardWebhooks, TokenVerifier, Verifier,
};
use proptest::prelude::*;

use crate::post::{NOW, Post};

const PUBLIC: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";

fn verifiers() -> Vec<Box<dyn Verifier>> {
    let hmac = HmacSettings {
        prefix: "v1=".to_owned(),
        time: Some(SignedTime::new("webhook-timestamp".parse().unwrap())),
        ..HmacSettings::new("webhook-signature".parse().unwrap())
    };
    let base64 = HmacSettings {
        encoding: SignatureEncoding::Base64,
        time: None,
        ..hmac.clone()
    };
    let secret = crate::standard::OLD;
    vec![
        Box::new(TokenVerifier::new(["secret"])),
        Box::new(BasicVerifier::new("user", ["secret"])),
        Box::new(QueryVerifier::new("token", ["secret"])),
        Box::new(HmacVerifier::new(hmac, ["secret"])),
        Box::new(HmacVerifier::new(base64, ["secret"])),
        Box::new(StandardWebhooks::new([secret, PUBLIC]).unwrap()),
    ]
}

/// Bytes that a header's value may hold, and often something like a signature.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let allowed = prop_oneof![0x20..=0x7e_u8, 0x80..=0xff_u8];
    prop_oneof![
        prop::collection::vec(allowed, 0..200),
        "((v1|v1a|v1=|v0),?[A-Za-z0-9+/=]{0,90} ?){0,12}".prop_map(String::into_bytes),
        "(Basic|Bearer) ?[A-Za-z0-9+/=]{0,40}".prop_map(String::into_bytes),
        "-?[0-9]{0,25}".prop_map(String::into_bytes),
        Just(NOW.to_string().into_bytes()),
    ]
}

proptest! {
    #[test]
    fn no_header_or_query_makes_a_verifier_panic_or_believe(
        id in value(), time in value(), signature in value(), authorization in value(),
        query in "([a-z]{0,5}=?[%0-9a-fA-F+]{0,9}&?){0,5}|token=[%0-9a-z]{0,12}",
        body in any::<String>(),
    ) {
        let post = Post::new()
            .body(&body)
            .query(&query)
            .header("webhook-id", &id)
            .header("webhook-timestamp", &time)
            .header("webhook-signature", &signature)
            .header("authorization", &authorization);
        for verifier in verifiers() {
            prop_assert!(post.shown_to(verifier.as_ref()).is_err(), "{}", verifier.kind());
        }
    }
}
