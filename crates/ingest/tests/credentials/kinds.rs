//! Each kind of credential, as its verifier sees it.

use std::time::Duration;

use axum::http::HeaderName;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use laurel_ingest::Refusal::{
    self, Address, BadSignature, BadTimestamp, Missing, Revoked, Stale, Wrong,
};
use laurel_ingest::{
    BasicVerifier, HmacAlgorithm, HmacSettings, HmacVerifier, QueryVerifier, SignatureEncoding,
    SignedTime, TokenVerifier,
};
use ring::hmac;

use crate::desk::allow;
use crate::post::{BODY, NOW, Post, mac};

const NEW: &str = "new-secret-of-enough-bytes";
const OLD: &str = "old-secret-of-enough-bytes";
const GONE: &str = "a-secret-that-was-given-away";

#[test]
fn a_token_opens_in_the_path_or_in_the_header() {
    let verifier = TokenVerifier::new([NEW, OLD]).revoking([GONE]);
    let bearer = |value: &str| Post::new().header("authorization", value);
    let off_at_first = format!("x{}", &NEW[1..]);
    let off_at_last = format!("{}x", &NEW[..NEW.len() - 1]);
    let rows: [(Post, Result<usize, Refusal>); 14] = [
        (Post::new().token(NEW), Ok(0)),
        (Post::new().token(OLD), Ok(1)),
        (bearer(&format!("Bearer {NEW}")), Ok(0)),
        (bearer(&format!("bearer {OLD}")), Ok(1)),
        (
            Post::new()
                .token(OLD)
                .header("authorization", "Bearer nonsense"),
            Ok(1),
        ),
        (Post::new(), Err(Missing)),
        (bearer(NEW), Err(Missing)),
        (bearer(&format!("Basic {NEW}")), Err(Missing)),
        (
            bearer(&format!("Bearer {NEW}")).header("authorization", "Bearer x"),
            Err(Missing),
        ),
        (bearer("Bearer \u{7}".trim_end_matches('\u{7}')), Err(Wrong)),
        (Post::new().token(&off_at_first), Err(Wrong)),
        (Post::new().token(&off_at_last), Err(Wrong)),
        (Post::new().token(&format!("{NEW}2")), Err(Wrong)),
        (Post::new().token(GONE), Err(Revoked)),
    ];
    for (row, (post, expected)) in rows.into_iter().enumerate() {
        assert_eq!(post.secret_for(&verifier), expected, "row {row}");
    }
}

#[test]
fn a17_a_token_opens_in_the_query_where_that_was_chosen() {
    let verifier = QueryVerifier::new("key", [NEW, "plus+percent%and=24-bytes"]).revoking([GONE]);
    for (query, expected) in [
        (format!("key={NEW}"), Ok(0)),
        (format!("a=b&key={NEW}&c"), Ok(0)),
        ("key=plus+percent%25and%3D24-bytes".to_owned(), Ok(1)),
        ("key=plus%2Bpercent%25and=24-bytes".to_owned(), Ok(1)),
        (format!("KEY={NEW}"), Err(Missing)),
        (format!("xkey={NEW}"), Err(Missing)),
        (String::new(), Err(Missing)),
        ("key".to_owned(), Err(Missing)),
        ("key=".to_owned(), Err(Wrong)),
        (format!("key={NEW}%"), Err(Wrong)),
        (format!("key={NEW}&key={NEW}"), Err(Wrong)),
        (format!("key={GONE}"), Err(Revoked)),
    ] {
        assert_eq!(
            Post::new().query(&query).secret_for(&verifier),
            expected,
            "{query}"
        );
    }
    assert_eq!(Post::new().secret_for(&verifier), Err(Missing));
    let elsewhere = Post::new().query(&format!("key={NEW}"));
    assert_eq!(
        elsewhere.secret_for(&TokenVerifier::new([NEW])),
        Err(Missing)
    );
}

#[test]
fn a_user_with_one_of_their_passwords_opens() {
    let verifier =
        BasicVerifier::new("masivo", [NEW, "with:colon-and-ñ-of-24-bytes"]).revoking([GONE]);
    let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    for (value, expected) in [
        (basic(&format!("masivo:{NEW}")), Ok(0)),
        (basic("masivo:with:colon-and-ñ-of-24-bytes"), Ok(1)),
        (
            basic(&format!("masivo:{NEW}")).replace("Basic", "bAsIc"),
            Ok(0),
        ),
        (basic(&format!("Masivo:{NEW}")), Err(Wrong)),
        (basic(&format!(":{NEW}")), Err(Wrong)),
        (basic("masivo:"), Err(Wrong)),
        (basic(&format!("masivo{NEW}")), Err(Wrong)),
        (format!("Basic masivo:{NEW}"), Err(Wrong)),
        ("Basic !".to_owned(), Err(Wrong)),
        (format!("Bearer {NEW}"), Err(Missing)),
        (basic(&format!("masivo:{GONE}")), Err(Revoked)),
    ] {
        let post = Post::new().header("authorization", &value);
        assert_eq!(post.secret_for(&verifier), expected, "{value}");
    }
    assert_eq!(Post::new().secret_for(&verifier), Err(Missing));
}

/// RFC 4231, test case 2.
#[test]
fn an_hmac_is_the_one_of_the_rfc() {
    let sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    let sha512 = "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";
    for (algorithm, code) in [
        (HmacAlgorithm::Sha256, sha256),
        (HmacAlgorithm::Sha512, sha512),
    ] {
        for (encoding, value) in [
            (SignatureEncoding::Hex, code.to_owned()),
            (SignatureEncoding::Hex, code.to_uppercase()),
            (
                SignatureEncoding::Base64,
                STANDARD.encode(hex::decode(code).unwrap()),
            ),
            (
                SignatureEncoding::Base64,
                STANDARD.encode(hex::decode(code).unwrap()).replace('=', ""),
            ),
        ] {
            let settings = HmacSettings {
                algorithm,
                encoding,
                ..HmacSettings::new(HeaderName::from_static("x-mac"))
            };
            let post = Post::new()
                .body("what do ya want for nothing?")
                .header("x-mac", &value);
            assert_eq!(
                post.secret_for(&HmacVerifier::new(settings.clone(), ["Jefe"])),
                Ok(0),
                "{value}"
            );
            assert_eq!(
                post.secret_for(&HmacVerifier::new(settings, ["jefe"])),
                Err(BadSignature)
            );
        }
    }
}

/// The example in GitHub's documentation of its webhooks.
#[test]
fn a_prefix_stands_before_the_signature() {
    let settings = HmacSettings {
        prefix: "sha256=".to_owned(),
        ..HmacSettings::new(HeaderName::from_static("x-hub-signature-256"))
    };
    let verifier = HmacVerifier::new(settings, ["It's a Secret to Everybody"]);
    let code = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let post = Post::new().body("Hello, World!");
    for (value, expected) in [
        (format!("sha256={code}"), Ok(0)),
        (code.to_owned(), Err(BadSignature)),
        (format!("sha1={code}"), Err(BadSignature)),
        (format!("sha256={}", &code[..62]), Err(BadSignature)),
        (format!("sha256={code}00"), Err(BadSignature)),
        ("sha256=".to_owned(), Err(BadSignature)),
        (String::new(), Err(BadSignature)),
    ] {
        assert_eq!(
            post.clone()
                .header("x-hub-signature-256", &value)
                .secret_for(&verifier),
            expected,
            "{value}"
        );
    }
    let twice = post
        .header("x-hub-signature-256", "a")
        .header("x-hub-signature-256", format!("sha256={code}"));
    assert_eq!(twice.secret_for(&verifier), Err(BadSignature));
}

#[test]
fn a_time_that_is_signed_with_the_body_bounds_a_replay() {
    let time = SignedTime {
        tolerance: Duration::from_mins(1),
        ..SignedTime::new(HeaderName::from_static("x-time"))
    };
    let settings = HmacSettings {
        time: Some(time),
        ..HmacSettings::new(HeaderName::from_static("x-mac"))
    };
    let verifier = HmacVerifier::new(settings, [NEW, OLD]).revoking([GONE]);
    let signed = |secret: &str, time: &str| {
        let content = [time.as_bytes(), BODY.as_bytes()].join(&b'.');
        let code = hex::encode(mac(hmac::HMAC_SHA256, secret.as_bytes(), &content));
        Post::new().header("x-mac", code).header("x-time", time)
    };
    for (secret, time, expected) in [
        (NEW, NOW.to_string(), Ok(0)),
        (OLD, (NOW - 60).to_string(), Ok(1)),
        (NEW, (NOW - 61).to_string(), Err(Stale)),
        (NEW, (NOW + 61).to_string(), Err(Stale)),
        (NEW, "1e12".to_owned(), Err(BadTimestamp)),
        (NEW, String::new(), Err(BadTimestamp)),
        (GONE, NOW.to_string(), Err(Revoked)),
    ] {
        assert_eq!(
            signed(secret, &time).secret_for(&verifier),
            expected,
            "{time}"
        );
    }
    let another_time = signed(NEW, &(NOW - 600).to_string()).at(NOW - 600);
    assert_eq!(another_time.secret_for(&verifier), Ok(0));
    let two_times = signed(NEW, &NOW.to_string()).header("x-time", NOW.to_string());
    assert_eq!(two_times.secret_for(&verifier), Err(BadTimestamp));
    let body_only = hex::encode(mac(hmac::HMAC_SHA256, NEW.as_bytes(), BODY.as_bytes()));
    let no_time = Post::new().header("x-mac", &body_only);
    assert_eq!(no_time.secret_for(&verifier), Err(Missing));
    let not_signed = no_time.header("x-time", NOW.to_string());
    assert_eq!(not_signed.secret_for(&verifier), Err(BadSignature));
    assert_eq!(Post::new().secret_for(&verifier), Err(Missing));
}

#[test]
fn an_address_opens_where_it_is_allowed() {
    let list = allow(&["198.51.100.7/32", "2001:db8::/32"]);
    for (peer, expected) in [
        ("198.51.100.7", Ok(0)),
        ("2001:db8::1", Ok(0)),
        ("198.51.100.8", Err(Address)),
        ("::1", Err(Address)),
    ] {
        assert_eq!(Post::new().from(peer).secret_for(&list), expected, "{peer}");
    }
    assert_eq!(Post::new().secret_for(&list), Err(Address));
}

#[test]
fn secrets_do_not_print() {
    let settings = HmacSettings::new(HeaderName::from_static("x-mac"));
    let printed = format!(
        "{:?} {:?} {:?} {:?}",
        TokenVerifier::new([NEW]).revoking([GONE]),
        QueryVerifier::new("key", [NEW]),
        BasicVerifier::new("masivo", [NEW]),
        HmacVerifier::new(settings, [NEW]),
    );
    assert!(
        printed.contains("masivo") && !printed.contains("secret"),
        "{printed}"
    );
}
