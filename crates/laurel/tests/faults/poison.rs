//! Extensions that panic, refuse, or hang at every event: intake, the history and the mail go on, and what they did not
//! handle is seen.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use laurel::telemetry::start_metrics;
use laurel_dispatch::{
    Context, Dispatcher, History, Kinds, RecordedEvent, Rejection, Settings, Subscriber,
};
use laurel_notify::{MailSubscriber, Sender};
use laurel_payloads::{CustomerId, EventKind};
use laurel_store::{Clock, HistoryFilter, Store, SystemClock};
use laurel_testkit::{FIXTURES, Mailbox, TestApp, TestDatabase, both_databases};
use tokio_util::sync::CancellationToken;

use crate::aftermath::store;
use crate::child::eventually;

/// Tries before an event is a dead letter.
const TRIES: i64 = 3;
/// The changes of tier among the fixtures: each has its mail, and is what extensions misbehave at.
const CHANGES: i64 = 4;

both_databases!(what_others_do_to_an_event_is_not_felt);

#[derive(Clone, Copy)]
enum Bad {
    Panics,
    Refuses,
    Hangs,
    HoldsTheWriter,
}

const ALL: [Bad; 4] = [Bad::Panics, Bad::Refuses, Bad::Hangs, Bad::HoldsTheWriter];

#[async_trait]
impl Subscriber for Bad {
    fn name(&self) -> &'static str {
        match self {
            Self::Panics => "panics",
            Self::Refuses => "refuses",
            Self::Hangs => "hangs",
            Self::HoldsTheWriter => "holds-the-writer",
        }
    }

    fn kinds(&self) -> Kinds {
        let kinds = [EventKind::TierUpgrade, EventKind::TierDowngrade];
        Kinds::Named(kinds.map(|kind| kind.as_str().into()).into())
    }

    async fn handle(&self, cx: &mut Context<'_>, _: &[RecordedEvent]) -> Result<(), Rejection> {
        match self {
            Self::Panics => panic!("a bug"),
            Self::Refuses => return Err(Rejection::retry("never")),
            Self::Hangs => {}
            Self::HoldsTheWriter => drop(cx.write().await?),
        }
        std::future::pending().await
    }
}

async fn what_others_do_to_an_event_is_not_felt(database: TestDatabase) {
    let metrics = start_metrics().expect("metrics");
    let store = store(&database.url).await;
    let stop = CancellationToken::new();
    let mailbox = Mailbox::default();
    let sender = sender(&store, &mailbox);
    let working = tokio::spawn({
        let (dispatcher, stop) = (dispatcher(&store).await, stop.clone());
        async move { tokio::join!(dispatcher.run(stop.clone()), sender.run(stop)) }
    });

    let scope = store.scope(&database.source());
    let app = post_the_story(database).await;
    let ana: CustomerId = "ana-0042".parse().expect("an id");
    let entries = async || scope.count_history(&ana, &HistoryFilter::default()).await;
    eventually("the history", async || {
        entries()
            .await
            .is_ok_and(|entries| entries == FIXTURES.len() as u64)
    })
    .await;
    eventually("the mails", async || {
        i64::try_from(mailbox.messages().len()) == Ok(CHANGES)
    })
    .await;
    eventually("the dead letters", async || {
        let backlog = store.backlog().await.expect("a backlog");
        let dead = |bad: Bad| {
            let mut backlog = backlog.iter();
            let its = backlog.find(|backlog| backlog.subscriber == bad.name());
            its.is_some_and(|its| (its.pending, its.dead) == (0, CHANGES))
        };
        ALL.into_iter().all(dead)
    })
    .await;
    let shown = metrics.render();
    for bad in ALL {
        let counted = format!(
            r#"laurel_deliveries_total{{subscriber="{}",outcome="dead"}}"#,
            bad.name()
        );
        assert!(shown.contains(&counted), "{counted} in {shown}");
    }
    stop.cancel();
    working.await.expect("an end");
    drop(app);
}

async fn dispatcher(store: &Store) -> Dispatcher {
    let settings = Settings {
        handler_deadline: Duration::from_millis(250),
        write_deadline: Duration::from_millis(150),
        poll: Duration::from_millis(20),
        most_attempts: TRIES,
        backoff: Duration::from_millis(10),
        ..Settings::default()
    };
    let dispatcher = Dispatcher::new(store.clone(), settings)
        .subscriber(Arc::new(History))
        .subscriber(Arc::new(MailSubscriber::new(Duration::ZERO)));
    let dispatcher = ALL
        .into_iter()
        .fold(dispatcher, |all, bad| all.subscriber(Arc::new(bad)));
    dispatcher.register().await.expect("the subscribers");
    dispatcher
}

fn sender(store: &Store, mailbox: &Mailbox) -> Sender {
    let settings = laurel_notify::Settings {
        settle: Duration::ZERO,
        ..laurel_notify::Settings::new("club@example.com")
    };
    let sender = Sender::new(store.clone(), Arc::new(mailbox.clone()), settings);
    sender.expect("a sender")
}

/// Posts every fixture now, and each of them is taken.
async fn post_the_story(database: TestDatabase) -> TestApp {
    let behind = SystemClock.now().micros() - database.clock.now().micros();
    let behind = u64::try_from(behind).unwrap_or(0);
    database.clock.advance(Duration::from_micros(behind));
    let app = TestApp::new(database).await;
    for (name, body) in FIXTURES {
        let (status, answer) = app.post(body).await;
        assert_eq!(status, 200, "{name}: {answer}");
    }
    app
}
