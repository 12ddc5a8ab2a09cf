//! Standard Webhooks: the specification's vectors, and what must not pass.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use laurel_ingest::Refusal::{BadSignature, BadTimestamp, Missing, Revoked, Stale};
use laurel_ingest::{InvalidSecret, Proof, StandardWebhooks};
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::post::{BODY, NOW, Post, v1};

/// The vectors that the specification's libraries and its first implementation share: secret, key pair, id, time, body.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PUBLIC: &str = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const TIME: i64 = 1_614_265_330;
const CONTENT: &str = r#"{"test": 2432232314}"#;
const V1: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const V1A: &str =
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

pub(crate) const OLD: &str = "whsec_b2xkLXNlY3JldC1vZi1lbm91Z2gtYnl0ZXM=";
pub(crate) const GONE: &str = "whsec_Z29uZS1zZWNyZXQtb2YtZW5vdWdoLWJ5dGU=";

fn verifier(secrets: &[&str]) -> StandardWebhooks {
    StandardWebhooks::new(secrets.iter().copied()).unwrap()
}

fn vector(signatures: &str) -> Post {
    Post::new()
        .body(CONTENT)
        .at(TIME)
        .header("webhook-id", ID)
        .header("webhook-timestamp", TIME.to_string())
        .header("webhook-signature", signatures)
}

#[test]
fn the_vectors_verify_and_show_the_id_that_was_signed() {
    for (secret, signature) in [(SECRET, V1), (PUBLIC, V1A)] {
        let proof = vector(signature).shown_to(&verifier(&[secret]));
        let expected = Proof {
            secret: 0,
            delivery_id: Some(ID.to_owned()),
        };
        assert_eq!(proof, Ok(expected), "{signature}");
    }
    let without_prefix = SECRET.strip_prefix("whsec_").unwrap();
    assert_eq!(vector(V1).secret_for(&verifier(&[without_prefix])), Ok(0));
}

#[test]
fn any_byte_of_what_is_signed_matters() {
    for (secret, signature) in [(SECRET, V1), (PUBLIC, V1A)] {
        let verifier = verifier(&[secret]);
        let reserialised = vector(signature).body(r#"{"test":2432232314}"#);
        assert_eq!(reserialised.secret_for(&verifier), Err(BadSignature), "A5");
        let another = |id: &str, time: i64| {
            Post::new()
                .body(CONTENT)
                .at(TIME)
                .header("webhook-id", id)
                .header("webhook-timestamp", time.to_string())
                .header("webhook-signature", signature)
        };
        assert_eq!(
            another("msg_p5jXN8AQM9LWM0D4loKWxJeK", TIME).secret_for(&verifier),
            Err(BadSignature)
        );
        assert_eq!(
            another(ID, TIME + 1).secret_for(&verifier),
            Err(BadSignature)
        );
        assert_eq!(another("", TIME).secret_for(&verifier), Err(BadSignature));
        let (version, text) = signature.split_once(',').unwrap();
        let bytes = STANDARD.decode(text).unwrap();
        for place in 0..bytes.len() {
            let mut off = bytes.clone();
            off[place] ^= 1;
            let post = vector(&format!("{version},{}", STANDARD.encode(off)));
            assert_eq!(
                post.secret_for(&verifier),
                Err(BadSignature),
                "A6, byte {place}"
            );
        }
    }
}

#[test]
fn several_signatures_may_come_and_one_must_fit() {
    let wrong = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=";
    let both = verifier(&[SECRET, PUBLIC]);
    for (signatures, expected) in [
        (format!("{wrong} {V1}"), Ok(0)),
        (format!("{wrong} v2,abc {wrong} {V1A} "), Ok(1)),
        (format!("{V1A} {V1}"), Ok(0)),
        (format!("{wrong} {wrong}"), Err(BadSignature)),
        (format!("{wrong},{V1}"), Err(BadSignature)),
    ] {
        assert_eq!(
            vector(&signatures).secret_for(&both),
            expected,
            "{signatures}"
        );
    }
    let in_two_headers = vector(wrong).header("webhook-signature", V1);
    assert_eq!(in_two_headers.secret_for(&both), Err(BadSignature));
}

#[test]
fn a8_there_is_no_way_down_to_another_version() {
    let text = V1.strip_prefix("v1,").unwrap();
    for signature in [
        format!("v0,{text}"),
        format!("v2,{text}"),
        format!("V1,{text}"),
        format!("v1a,{text}"),
        text.to_owned(),
        V1A.to_owned(),
        V1A.replace("v1a", "v1"),
        "v1,".to_owned(),
        "v1".to_owned(),
        String::new(),
    ] {
        let refused = vector(&signature).secret_for(&verifier(&[SECRET]));
        assert_eq!(refused, Err(BadSignature), "{signature}");
    }
    assert_eq!(
        vector(V1).secret_for(&verifier(&[PUBLIC])),
        Err(BadSignature)
    );
}

#[test]
fn a9_a10_a_signature_is_good_for_five_minutes_or_for_what_is_set() {
    let long = verifier(&[SECRET, PUBLIC]).tolerance(Duration::from_hours(1));
    let five = verifier(&[SECRET, PUBLIC]);
    for signature in [V1, V1A] {
        for (late, expected) in [
            (300, true),
            (-300, true),
            (301, false),
            (-301, false),
            (600, false),
            (-600, false),
        ] {
            let post = vector(signature).at(TIME + late);
            let answer = post.secret_for(&five);
            assert_eq!(answer.is_ok(), expected, "{late}");
            assert_eq!(answer.err(), (!expected).then_some(Stale), "{late}");
            assert!(post.secret_for(&long).is_ok(), "{late}");
        }
    }
}

#[test]
fn a11_the_time_is_one_number_of_seconds_even_where_something_else_is_signed() {
    let verifier = verifier(&[SECRET]);
    for time in [
        "1e12",
        "-1",
        "0x5f",
        "１２３",
        "",
        "1614265330.0",
        "+1614265330",
        "99999999999999999999",
    ] {
        let post = Post::new().at(TIME).signed("webhook", SECRET, ID, time);
        assert_eq!(post.secret_for(&verifier), Err(BadTimestamp), "{time}");
    }
    let twice = vector(V1).header("webhook-timestamp", TIME.to_string());
    assert_eq!(twice.secret_for(&verifier), Err(BadTimestamp));
    let not_utf8 = Post::new()
        .header("webhook-id", ID)
        .header("webhook-timestamp", b"\xff1")
        .header("webhook-signature", V1);
    assert_eq!(not_utf8.secret_for(&verifier), Err(BadTimestamp));
}

#[test]
fn the_older_names_of_the_headers_are_read_and_never_mixed_with_the_newer() {
    let verifier = verifier(&[SECRET]);
    let time = NOW.to_string();
    assert_eq!(
        Post::new()
            .signed("svix", SECRET, ID, &time)
            .secret_for(&verifier),
        Ok(0)
    );
    let mixed = Post::new()
        .header("svix-id", ID)
        .header("webhook-timestamp", &time)
        .header("svix-signature", v1(SECRET, ID, &time, BODY.as_bytes()));
    assert_eq!(mixed.secret_for(&verifier), Err(Missing));
    assert_eq!(Post::new().secret_for(&verifier), Err(Missing));
    let beside = Post::new()
        .signed("svix", SECRET, ID, &time)
        .header("webhook-id", "another");
    assert_eq!(
        beside.shown_to(&verifier).unwrap().delivery_id.as_deref(),
        Some(ID)
    );
}

#[test]
fn a14_a15_an_old_secret_is_known_and_a_revoked_one_is_refused() {
    let verifier = verifier(&[SECRET, OLD, PUBLIC]).revoking([GONE]).unwrap();
    let signed = |secret| Post::new().signed("webhook", secret, ID, &NOW.to_string());
    assert_eq!(signed(SECRET).secret_for(&verifier), Ok(0));
    assert_eq!(signed(OLD).secret_for(&verifier), Ok(1));
    assert_eq!(vector(V1A).secret_for(&verifier), Ok(2));
    assert_eq!(signed(GONE).secret_for(&verifier), Err(Revoked));
    // A signature by a key that is known to others takes nothing from the one beside it.
    let body = CONTENT.as_bytes();
    let both = vector(&format!("{} {V1}", v1(GONE, ID, &TIME.to_string(), body)));
    assert_eq!(both.secret_for(&verifier), Ok(0));
}

#[test]
fn a_key_pair_of_ring_signs_what_is_verified() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let public = format!("whpk_{}", STANDARD.encode(pair.public_key()));
    let content = format!("{ID}.{NOW}.{BODY}");
    let signature = format!("v1a,{}", STANDARD.encode(pair.sign(content.as_bytes())));
    let post = Post::new()
        .header("webhook-id", ID)
        .header("webhook-timestamp", NOW.to_string())
        .header("webhook-signature", signature);
    assert_eq!(post.secret_for(&verifier(&[SECRET, &public])), Ok(1));
    assert_eq!(
        post.secret_for(&verifier(&[SECRET, PUBLIC])),
        Err(BadSignature)
    );
}

#[test]
fn a_secret_that_is_none_is_refused_at_the_start() {
    for (secret, expected) in [
        ("whsec_not base64", InvalidSecret::Encoding),
        ("whsec_c2hvcnQ=", InvalidSecret::Short),
        ("", InvalidSecret::Short),
        ("whpk_c2hvcnQ=", InvalidSecret::PublicKey),
        ("whpk_!", InvalidSecret::Encoding),
        (
            "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=",
            InvalidSecret::PrivateKey,
        ),
    ] {
        assert_eq!(
            StandardWebhooks::new([secret]).unwrap_err(),
            expected,
            "{secret}"
        );
    }
    let printed = format!("{:?}", verifier(&[SECRET]));
    assert!(!printed.contains("MfKQ"), "{printed}");
}
