//! The channel against a service: what it is told, and what becomes of a message by its answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use courier::{Courier, Settings, Signer};
use laurel_notify::mail::{Brands, Composer, Direction, Draft, Message, TierMail, mail_address};
use laurel_notify::{Channel, Failure, Hold};
use laurel_payloads::Timestamp;
use laurel_store::Source;
use tokio::time::Instant;
use uuid::Uuid;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Heard = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A service that answers with a status.
async fn service(status: StatusCode) -> (Settings, Heard) {
    let heard = Heard::default();
    let log = Arc::clone(&heard);
    let hear = post(async move |headers: HeaderMap, body: Bytes| {
        log.lock().expect("a lock").push((headers, body));
        status
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let url = format!(
        "http://{}/messages",
        listener.local_addr().expect("an address")
    );
    let serving = axum::serve(listener, Router::new().route("/messages", hear));
    tokio::spawn(async move { serving.await });
    let settings = Settings {
        url,
        secret: SECRET.to_owned().into(),
    };
    (settings, heard)
}

fn message() -> Message {
    let mail = TierMail::new(
        Direction::Upgrade,
        Some("Ana"),
        Some("Bronze"),
        Some("Silver"),
    );
    let source = Source::new("masivo").expect("a name");
    let to = mail_address("ana@example.com").expect("an address");
    let draft = Draft::new(
        Uuid::from_u128(42),
        &source,
        &mail,
        to,
        Timestamp::from_micros(0),
    );
    let composer = Composer::new("Club <club@example.com>", &Brands::default()).expect("a sender");
    composer.compose(&draft).expect("a mail")
}

fn held() -> Hold {
    Hold::until(Instant::now() + Duration::from_mins(1))
}

async fn outcome(status: StatusCode) -> Result<(), Failure> {
    let (settings, _) = service(status).await;
    let courier = Courier::new(&settings).expect("a courier");
    courier.deliver(&message(), &held()).await.map(|_| ())
}

#[tokio::test]
async fn a_message_is_posted_with_its_signature() {
    let (settings, heard) = service(StatusCode::NO_CONTENT).await;
    let courier = Courier::new(&settings).expect("a courier");
    let delivery = courier
        .deliver(&message(), &held())
        .await
        .expect("a delivery");
    assert_eq!(delivery.code, Some(204));
    let heard = heard.lock().expect("a lock");
    let (headers, body) = &heard[0];
    let header = |name: &str| headers[name].to_str().expect("text");
    assert_eq!(header("webhook-id"), Uuid::from_u128(42).to_string());
    let seconds = header("webhook-timestamp").parse().expect("a number");
    let signer = Signer::new(SECRET).expect("a secret");
    assert_eq!(
        header("webhook-signature"),
        signer.sign(header("webhook-id"), seconds, body)
    );
    let body: serde_json::Value = serde_json::from_slice(body).expect("JSON");
    assert_eq!(body["to"], "ana@example.com");
    assert_eq!(body["subject"], "You are now Silver");
}

#[tokio::test]
async fn each_answer_decides_what_becomes_of_the_message() {
    let of = async |status| outcome(status).await.expect_err("a failure");
    assert!(matches!(
        of(StatusCode::UNAUTHORIZED).await,
        Failure::Paused(_)
    ));
    assert!(matches!(
        of(StatusCode::TOO_MANY_REQUESTS).await,
        Failure::Transient(_)
    ));
    assert!(matches!(
        of(StatusCode::BAD_GATEWAY).await,
        Failure::Transient(_)
    ));
    assert!(matches!(of(StatusCode::FOUND).await, Failure::Transient(_)));
    assert!(matches!(
        of(StatusCode::UNPROCESSABLE_ENTITY).await,
        Failure::Permanent(_)
    ));
}

#[tokio::test]
async fn nobody_there_is_tried_again_and_who_is_late_does_not_begin() {
    let (settings, heard) = service(StatusCode::OK).await;
    let late = Courier::new(&settings).expect("a courier");
    let ended = Hold::until(Instant::now());
    let failure = late
        .deliver(&message(), &ended)
        .await
        .expect_err("a failure");
    assert!(matches!(failure, Failure::Late(_)) && heard.lock().expect("a lock").is_empty());
    let nowhere = Settings {
        url: "http://127.0.0.1:1/".to_owned(),
        ..settings
    };
    let courier = Courier::new(&nowhere).expect("a courier");
    let failure = courier
        .deliver(&message(), &held())
        .await
        .expect_err("a failure");
    assert!(matches!(failure, Failure::Transient(_)), "{failure}");
}
