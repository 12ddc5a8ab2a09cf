//! What the sender is answered: rows A3 to A17 and A35 through the router.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use laurel_ingest::{
    BasicVerifier, HmacSettings, HmacVerifier, QueryVerifier, SourceSettings, StandardWebhooks,
    TokenVerifier, Verifier,
};
use laurel_testkit::run;

use crate::desk::{Answer, Desk, allow, source};
use crate::post::{BODY, NOW, Post, mac, v1};
use crate::standard::{GONE, OLD};

const SECRET: &str = "whsec_c2VjcmV0LW9mLW1hc2l2by1vZi1lbm91Z2gtYnl0ZXM=";
const OTHERS: &str = "whsec_c2VjcmV0LW9mLW90aGVycy1vZi1lbm91Z2gtYnl0ZXM=";
const ID: &str = "msg_1";

fn standard(secrets: &[&str]) -> Arc<dyn Verifier> {
    let verifier = StandardWebhooks::new(secrets.iter().copied()).unwrap();
    Arc::new(verifier.revoking([GONE]).unwrap())
}

fn masivo() -> SourceSettings {
    source("masivo", vec![standard(&[SECRET, OLD])])
}

fn signed(secret: &str, at: i64) -> Post {
    Post::new().signed("webhook", secret, ID, &at.to_string())
}

fn assert_refused(answer: &Answer, code: &str) {
    assert_eq!(answer.in_short(), format!("401 {code}"));
    assert_eq!(
        answer.headers[WWW_AUTHENTICATE],
        "Bearer, Basic realm=\"webhooks\""
    );
    let told = answer.body.to_string();
    assert!(
        !told.contains("ana-0042") && !told.contains("whsec"),
        "{told}"
    );
}

#[test]
fn a4_to_a15_each_request_gets_the_answer_of_its_row() {
    run(async {
        let desk = Desk::new(vec![masivo()]).await;
        let time = NOW.to_string();
        let reserialised = BODY.replace(',', ", ");
        let twice = signed(SECRET, NOW).header("webhook-timestamp", &time);
        let version_0 = v1(SECRET, ID, &time, BODY.as_bytes()).replace("v1", "v0");
        let headers = |signature: &str| {
            Post::new()
                .header("webhook-id", ID)
                .header("webhook-timestamp", &time)
                .header("webhook-signature", signature)
        };
        let another = Post::new()
            .body(BODY.replace("A-1", "A-2"))
            .signed("webhook", SECRET, ID, &time);
        let rows = [
            ("A4", Post::new(), "401 unauthorized"),
            (
                "A5",
                signed(SECRET, NOW).body(&reserialised),
                "401 unauthorized",
            ),
            ("A8 v0", headers(&version_0), "401 unauthorized"),
            (
                "A8 v1a",
                headers(&format!("v1a,{}", "A".repeat(86))),
                "401 unauthorized",
            ),
            ("A9", signed(SECRET, NOW - 600), "401 stale"),
            ("A10", signed(SECRET, NOW + 600), "401 stale"),
            (
                "A11 1e12",
                Post::new().signed("webhook", SECRET, ID, "1e12"),
                "401 bad_timestamp",
            ),
            ("A11 two", twice, "401 bad_timestamp"),
            ("A15", signed(GONE, NOW), "401 unauthorized"),
            ("signed", signed(SECRET, NOW), "200 accepted"),
            ("A13", signed(SECRET, NOW), "200 duplicate"),
            ("A14", signed(OLD, NOW), "200 duplicate"),
            (
                "svix",
                Post::new().signed("svix", SECRET, ID, &time),
                "200 duplicate",
            ),
            ("another body", another, "200 quarantined"),
        ];
        for (row, post, expected) in rows {
            let answer = desk.post("masivo", &post).await;
            assert_eq!(answer.in_short(), expected, "{row}");
            if let Some(code) = expected.strip_prefix("401 ") {
                assert_refused(&answer, code);
            }
        }
    });
}

#[test]
fn a3_an_unknown_source_is_answered_as_a_known_one_is() {
    run(async {
        let desk = Desk::new(vec![masivo()]).await;
        for post in [
            Post::new(),
            Post::new().token("a-guess"),
            Post::new().header("authorization", "Bearer a-guess"),
            signed(OTHERS, NOW),
            signed(OTHERS, NOW - 600),
            signed(GONE, NOW),
            Post::new().signed("webhook", OTHERS, ID, "1e12"),
            Post::new().header("webhook-id", ID),
        ] {
            let known = desk.post("masivo", &post).await.anonymous();
            assert_eq!(known.status, StatusCode::UNAUTHORIZED);
            for name in ["nobody", "MASIVO", "masivo%00", "-", "%F0%9F%92%A9"] {
                let unknown = desk.post(name, &post).await.anonymous();
                assert_eq!(unknown, known, "{name}");
            }
        }
        let opens_masivo = desk.post("nobody", &signed(SECRET, NOW)).await;
        assert_refused(&opens_masivo, "unauthorized");
    });
}

#[test]
fn without_any_source_or_verifier_nothing_is_let_in() {
    run(async {
        let desk = Desk::new(Vec::new()).await;
        assert_refused(
            &desk.post("masivo", &signed(SECRET, NOW)).await,
            "unauthorized",
        );
        let desk = Desk::new(vec![source("masivo", Vec::new())]).await;
        assert_refused(
            &desk.post("masivo", &signed(SECRET, NOW)).await,
            "unauthorized",
        );
    });
}

#[test]
fn a16_the_secret_of_one_source_opens_no_other() {
    run(async {
        let others = source("others", vec![standard(&[OTHERS])]);
        let desk = Desk::new(vec![masivo(), others]).await;
        assert_refused(
            &desk.post("others", &signed(SECRET, NOW)).await,
            "unauthorized",
        );
        assert_refused(
            &desk.post("masivo", &signed(OTHERS, NOW)).await,
            "unauthorized",
        );
        assert_eq!(
            desk.post("others", &signed(OTHERS, NOW)).await.in_short(),
            "200 accepted"
        );
        assert_eq!(
            desk.post("masivo", &signed(SECRET, NOW)).await.in_short(),
            "200 accepted"
        );
    });
}

#[test]
fn any_of_several_kinds_lets_in() {
    run(async {
        let mac_header = HmacSettings::new("x-mac".parse().unwrap());
        let verifiers: Vec<Arc<dyn Verifier>> = vec![
            Arc::new(TokenVerifier::new(["the-token"])),
            Arc::new(BasicVerifier::new("masivo", ["the-password"])),
            Arc::new(QueryVerifier::new("token", ["the-query"])),
            Arc::new(HmacVerifier::new(mac_header, ["the-key"])),
            standard(&[SECRET]),
        ];
        let desk = Desk::new(vec![source("masivo", verifiers)]).await;
        let code = mac(ring::hmac::HMAC_SHA256, b"the-key", BODY.as_bytes());
        let basic = format!("Basic {}", STANDARD.encode("masivo:the-password"));
        for post in [
            Post::new().token("the-token"),
            Post::new().header("authorization", "Bearer the-token"),
            Post::new().header("authorization", basic),
            Post::new().query("token=the-query"),
            Post::new().header("x-mac", hex::encode(code)),
            signed(SECRET, NOW),
            signed(SECRET, NOW - 600).token("the-token"),
        ] {
            assert_eq!(desk.post("masivo", &post).await.status, StatusCode::OK);
        }
        let stale = Post::new()
            .token("wrong")
            .signed("webhook", SECRET, ID, "1");
        assert_refused(&desk.post("masivo", &stale).await, "stale");
        assert_refused(
            &desk.post("masivo", &Post::new().token("the-query")).await,
            "unauthorized",
        );
    });
}

#[test]
fn a17_a_token_in_the_query_opens_nothing_unless_it_was_chosen() {
    run(async {
        let token: Arc<dyn Verifier> = Arc::new(TokenVerifier::new(["the-token"]));
        let desk = Desk::new(vec![source("masivo", vec![token])]).await;
        let post = Post::new().query("token=the-token");
        assert_refused(&desk.post("masivo", &post).await, "unauthorized");
    });
}

#[test]
fn an_allow_list_is_asked_beside_the_credential() {
    run(async {
        let token: Arc<dyn Verifier> = Arc::new(TokenVerifier::new(["the-token"]));
        let masivo = SourceSettings {
            allow: Some(allow(&["198.51.100.0/24"])),
            ..source("masivo", vec![token])
        };
        let by_address = source("by-address", vec![Arc::new(allow(&["198.51.100.0/24"]))]);
        let desk = Desk::new(vec![masivo, by_address]).await;
        let post = Post::new().token("the-token");
        let (inside, outside) = ("198.51.100.7", "203.0.113.9");
        assert_eq!(
            desk.post("masivo", &post.clone().from(inside))
                .await
                .in_short(),
            "200 accepted"
        );
        assert_refused(
            &desk.post("masivo", &post.clone().from(outside)).await,
            "unauthorized",
        );
        assert_refused(&desk.post("masivo", &post).await, "unauthorized");
        assert_refused(
            &desk.post("masivo", &Post::new().from(inside)).await,
            "unauthorized",
        );
        assert_eq!(
            desk.post("by-address", &Post::new().from(inside))
                .await
                .in_short(),
            "200 accepted"
        );
        assert_refused(
            &desk.post("by-address", &Post::new().from(outside)).await,
            "unauthorized",
        );
    });
}

#[test]
fn a35_only_a_proxy_of_ours_is_believed_when_it_names_another_address() {
    run(async {
        let sources = vec![source(
            "masivo",
            vec![Arc::new(allow(&["198.51.100.0/24"]))],
        )];
        let desk = Desk::behind(&["10.0.0.0/8"], sources).await;
        for (peer, forwarded, let_in) in [
            ("203.0.113.9", "198.51.100.7", false),
            ("10.0.0.1", "198.51.100.7", true),
            ("10.0.0.1", "198.51.100.7, 203.0.113.9", false),
            ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", true),
            ("10.0.0.1", "nonsense", false),
            ("198.51.100.7", "203.0.113.9", true),
            ("::ffff:10.0.0.1", "::ffff:198.51.100.7", true),
        ] {
            let post = Post::new().from(peer).header("x-forwarded-for", forwarded);
            let answer = desk.post("masivo", &post).await;
            assert_eq!(
                answer.status == StatusCode::OK,
                let_in,
                "{peer} for {forwarded}"
            );
        }
    });
}
