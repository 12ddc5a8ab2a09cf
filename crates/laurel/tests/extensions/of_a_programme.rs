//! A programme that is not Masivo's, beside one that is: a reader, a verifier, a subscriber, and a channel.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{Context, Kinds, RecordedEvent, Rejection, Subscriber};
use laurel_ingest::{SourceSettings, TokenVerifier};
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, Hold, Refusal};
use laurel_payloads::{Heading, Reader, Reason, Unreadable};
use laurel_store::Source;
use laurel_testkit::{FIXTURES, TestApp, TestDatabase, both_databases};

struct Shop;

impl Reader for Shop {
    fn format(&self) -> &'static str {
        "shop"
    }

    fn heading(&self, body: &[u8]) -> Result<Heading, Unreadable> {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        let name = body["type"].as_str();
        let name = name.ok_or_else(|| Unreadable::at(Reason::NoEvent, "type"))?;
        let mut heading = Heading::new(name);
        heading.customer_id = body["buyer"].as_str().and_then(|buyer| buyer.parse().ok());
        Ok(heading)
    }
}

#[derive(Clone, Default)]
struct Orders(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Subscriber for Orders {
    fn name(&self) -> &'static str {
        "orders"
    }

    fn kinds(&self) -> Kinds {
        Kinds::Named(vec!["shop:paid".into()])
    }

    async fn handle(&self, _: &mut Context<'_>, events: &[RecordedEvent]) -> Result<(), Rejection> {
        for event in events {
            let parsed = event.parse().map_err(Rejection::give_up)?;
            let customer = parsed.customer_id.map(String::from).unwrap_or_default();
            self.0
                .lock()
                .unwrap()
                .push(format!("{} {customer}", parsed.name));
        }
        Ok(())
    }
}

async fn its_events_are_kept_named_and_handed_on(database: TestDatabase) {
    let orders = Orders::default();
    let token = TokenVerifier::new(["the-token-of-the-shop"]);
    let source = Source::new("webshop").unwrap();
    let shop = SourceSettings {
        reader: Some(Arc::new(Shop)),
        ..SourceSettings::new(source.clone(), vec![Arc::new(token)])
    };
    let app = TestApp::builder(database)
        .source(shop)
        .subscriber(orders.clone())
        .start()
        .await;
    let post = async |body: &str| {
        let path = "/webhooks/webshop/the-token-of-the-shop";
        let (_, answer) = app.post_to(path, &[], body.as_bytes()).await;
        answer["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(post(r#"{"type":"paid","buyer":"ana"}"#).await, "accepted");
    assert_eq!(post(r#"{"buyer":"ana","type":"paid"}"#).await, "duplicate");
    assert_eq!(post(r#"{"buyer":"ana"}"#).await, "quarantined");
    // It looks like one of Masivo's, and is none.
    let disguised = r#"{"type":"seen","event":"TIER_UPGRADE","data":{"customer_id":"ana","to_tier_id":"gold"}}"#;
    assert_eq!(post(disguised).await, "accepted");
    app.settle().await;

    assert_eq!(*orders.0.lock().unwrap(), ["shop:paid ana"]);
    let scope = app.database.store.scope(&source);
    let customer = "ana".parse().unwrap();
    let customers = scope.customers_by_id(&[customer]).await.unwrap();
    assert!(customers.values().all(|customer| customer.tier.is_none()));
    assert!(app.mailbox.messages().is_empty());
}

/// A channel that is not mail.
#[derive(Clone, Default)]
struct Push(Arc<Mutex<Vec<String>>>);

#[async_trait]
impl Channel for Push {
    fn name(&self) -> &'static str {
        "push"
    }

    async fn deliver(&self, message: &Message, _: &Hold) -> Result<Delivery, Failure> {
        self.0.lock().unwrap().push(message.words.subject.clone());
        Ok(Delivery::to("push gateway"))
    }
}

async fn another_channel_carries_each_tier_change_besides_mail(database: TestDatabase) {
    let push = Push::default();
    let app = TestApp::builder(database)
        .settle_window(Duration::ZERO)
        .channel(push.clone())
        .start()
        .await;
    for (_, body) in FIXTURES {
        app.post(body).await;
    }
    app.settle().await;
    let mails = app.mailbox.messages().into_iter();
    let mails: Vec<String> = mails.map(|mail| mail.words.subject).collect();
    assert_eq!(*push.0.lock().unwrap(), mails);
    assert_eq!(mails.len(), 4);
}

/// A channel that takes no message.
struct Refusing(Failure);

#[async_trait]
impl Channel for Refusing {
    fn name(&self) -> &'static str {
        "push"
    }

    async fn deliver(&self, _: &Message, _: &Hold) -> Result<Delivery, Failure> {
        Err(self.0.clone())
    }
}

async fn a_test_app_does_not_settle_where_a_channel_refuses_its_messages(database: TestDatabase) {
    let refusal = Refusal::by("push gateway", "send", "no such device");
    let other = TestDatabase::sqlite().await;
    for (database, failure, outcome) in [
        (database, Failure::Transient(refusal.clone()), "retry"),
        (other, Failure::Permanent(refusal), "dead"),
    ] {
        let builder = TestApp::builder(database).settle_window(Duration::ZERO);
        let app = builder.channel(Refusing(failure)).start().await;
        for (_, body) in FIXTURES {
            app.post(body).await;
        }
        let settled = tokio::spawn(async move { app.settle().await }).await;
        let why = settled.expect_err("refused messages").into_panic();
        let why = why.downcast::<String>().unwrap();
        assert!(why.contains("no such device"), "{why}");
        assert!(why.contains(&format!(r#""outcome":"{outcome}""#)), "{why}");
    }
}

both_databases!(
    its_events_are_kept_named_and_handed_on,
    another_channel_carries_each_tier_change_besides_mail,
    a_test_app_does_not_settle_where_a_channel_refuses_its_messages,
);
