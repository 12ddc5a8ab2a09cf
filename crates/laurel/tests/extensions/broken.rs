//! A broken extension costs history, mail and intake nothing, and shows wherever the built-in ones show.

use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{Context, Drained, RecordedEvent, Rejection, Settings, Subscriber};
use laurel_testkit::{FIXTURES, TestApp, TestDatabase, both_databases};
use serde_json::Value;

/// The ways to be broken.
#[derive(Clone, Copy)]
enum Broken {
    Panics,
    Hangs,
    HoldsTheWriter,
    Fails,
}

#[async_trait]
impl Subscriber for Broken {
    fn name(&self) -> &'static str {
        match self {
            Self::Panics => "panics",
            Self::Hangs => "hangs",
            Self::HoldsTheWriter => "holds_the_writer",
            Self::Fails => "fails",
        }
    }

    async fn handle(&self, cx: &mut Context<'_>, _: &[RecordedEvent]) -> Result<(), Rejection> {
        match self {
            Self::Panics => panic!("a bug of the extension's"),
            Self::Hangs => std::future::pending().await,
            Self::HoldsTheWriter => {
                cx.write().await?;
                std::future::pending().await
            }
            Self::Fails => Err(Rejection::retry("always")),
        }
    }
}

const ALL: [Broken; 4] = [
    Broken::Panics,
    Broken::Hangs,
    Broken::HoldsTheWriter,
    Broken::Fails,
];

/// A Laurel with these extensions that has been told the whole story, and what is left of the deliveries.
async fn told(database: TestDatabase, extensions: &[Broken]) -> (TestApp, Drained) {
    let settings = Settings {
        handler_deadline: Duration::from_millis(60),
        write_deadline: Duration::from_millis(30),
        most_attempts: 2,
        backoff: Duration::ZERO,
        poll: Duration::ZERO,
        ..Settings::default()
    };
    let app = TestApp::builder(database)
        .settle_window(Duration::ZERO)
        .dispatch(settings);
    let app = extensions
        .iter()
        .fold(app, |app, broken| app.subscriber(*broken));
    let app = app.start().await;
    tell(&app).await;
    // A source whose events keep failing rests between the tries.
    let mut left = app.drain().await;
    for _ in 0..1_000 {
        if left.pending == 0 {
            break;
        }
        app.database.clock.advance(Duration::from_secs(1));
        left = app.drain().await;
    }
    (app, left)
}

/// Tells the whole story, of which everything is taken.
pub(super) async fn tell(app: &TestApp) {
    for (name, body) in FIXTURES {
        let (status, answer) = app.post(body).await;
        assert_eq!(
            (status.as_u16(), &answer["status"]),
            (200, &"accepted".into()),
            "{name}"
        );
    }
}

/// Sees that the history and the mail of the story are what they are in a Laurel without extensions.
pub(super) async fn unharmed(app: &TestApp) {
    let (sound, left) = told(TestDatabase::sqlite().await, &[]).await;
    assert_eq!((left.pending, left.dead), (0, 0));
    let mails = |app: &TestApp| {
        let messages = app.mailbox.messages().into_iter();
        messages.map(|mail| mail.words.subject).collect::<Vec<_>>()
    };
    assert_eq!(mails(app), mails(&sound));
    assert!(!mails(app).is_empty());
    let question = r#"{ customer(id: "ana-0042") { tier { tier { name } } wallet { balances { total } }
        history(first: 100) { nodes { kind occurredAt } } } }"#;
    let answer = app.query(question).await;
    assert_eq!(answer, sound.query(question).await);
    assert_eq!(answer.get("errors"), None, "{answer}");
}

async fn history_and_mail_are_what_they_are_without_it(database: TestDatabase) {
    let (app, left) = told(database, &ALL).await;
    let events = i64::try_from(FIXTURES.len()).unwrap();
    assert_eq!(
        (left.pending, left.dead),
        (0, events * 4),
        "each gave up each event, and that is all"
    );
    unharmed(&app).await;
}

async fn it_shows_in_dead_letters_the_api_and_the_metrics(database: TestDatabase) {
    let metrics = laurel::telemetry::start_metrics().unwrap();
    let (app, _) = told(database, &ALL).await;

    let letters = app.database.store.dead_letters(0, 1_000).await.unwrap();
    let reason = |name: &str| {
        let letter = letters.iter().find(|letter| letter.subscriber == name);
        letter.unwrap().last_error.clone().unwrap()
    };
    assert_eq!(reason("panics"), "it panicked: a bug of the extension's");
    assert_eq!(reason("hangs"), "it took longer than its deadline");
    assert_eq!(
        reason("holds_the_writer"),
        "it held its write transaction past the deadline"
    );
    assert_eq!(reason("fails"), "always");

    let answer = app
        .query(
            "{ events(first: 1) { nodes { deliveries { subscriber state attempts lastError } } } }",
        )
        .await;
    let deliveries = answer["data"]["events"]["nodes"][0]["deliveries"]
        .as_array()
        .unwrap();
    let of = |name: &str| {
        deliveries
            .iter()
            .find(|one| one["subscriber"] == name)
            .unwrap()
    };
    assert_eq!(of("fails")["state"], "DEAD");
    assert_eq!(of("fails")["attempts"], Value::from(2));
    assert_eq!(of("fails")["lastError"], "always");

    let text = metrics.render();
    for name in ["panics", "hangs", "holds_the_writer", "fails"] {
        let line = format!(r#"laurel_deliveries_total{{subscriber="{name}",outcome="dead"}}"#);
        assert!(text.contains(&line), "{line} in\n{text}");
    }
}

both_databases!(
    history_and_mail_are_what_they_are_without_it,
    it_shows_in_dead_letters_the_api_and_the_metrics,
);
