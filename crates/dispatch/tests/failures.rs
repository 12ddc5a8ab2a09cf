//! What becomes of an event whose subscriber refuses, panics, hangs, or holds on to the database.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{
    Context, Dispatcher, Drained, Kinds, RecordedEvent, Rejection, Settings, Subscriber,
};
use laurel_store::{Error, Store, Tx};
use laurel_testkit::{TestDatabase, both_databases};
use sea_orm::{ConnectionTrait, DbBackend};

/// What the subscriber does with an event of a name.
#[derive(Clone, Copy, PartialEq)]
enum Deed {
    Refuse,
    GiveUp,
    Panic,
    Hang,
    HoldTheWriter,
    FillTheDisk,
}

/// A subscriber that misbehaves at one kind of event, and notes the others.
#[derive(Default)]
struct Moody {
    deeds: BTreeMap<&'static str, Deed>,
    handled: Mutex<Vec<String>>,
}

#[async_trait]
impl Subscriber for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    async fn handle(
        &self,
        cx: &mut Context<'_>,
        events: &[RecordedEvent],
    ) -> Result<(), Rejection> {
        for event in events {
            let deed = event.kind.as_deref().and_then(|kind| self.deeds.get(kind));
            match deed {
                Some(Deed::Refuse) => return Err(Rejection::retry("not today")),
                Some(Deed::GiveUp) => return Err(Rejection::give_up("never").for_event(event)),
                Some(Deed::Panic) => panic!("a bug"),
                Some(Deed::Hang) => std::future::pending::<()>().await,
                Some(Deed::HoldTheWriter) => {
                    cx.write().await?;
                    std::future::pending::<()>().await;
                }
                Some(Deed::FillTheDisk) => fill_the_disk(cx.write().await?).await?,
                None => {}
            }
        }
        let names = events.iter().filter_map(|event| event.kind.clone());
        self.handled
            .lock()
            .expect("no panic while it is held")
            .extend(names);
        Ok(())
    }
}

/// Meets what a write meets when there is no room left.
async fn fill_the_disk(tx: &Tx) -> Result<(), Error> {
    let connection = tx.connection();
    let sql = match connection.get_database_backend() {
        DbBackend::Postgres => "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$",
        _ => "PRAGMA max_page_count = 1; CREATE TABLE more AS SELECT zeroblob(1000000) AS filler",
    };
    Ok(connection.execute_unprepared(sql).await.map(drop)?)
}

/// There is room again.
async fn make_room(database: &TestDatabase) {
    let tx = database.store.begin().await.expect("a transaction");
    if tx.connection().get_database_backend() == DbBackend::Sqlite {
        let more = "PRAGMA max_page_count = 1000000";
        let more = tx.connection().execute_unprepared(more).await;
        more.expect("more pages");
    }
    tx.commit().await.expect("a commit");
}

fn event(name: &str) -> Vec<u8> {
    format!(r#"{{"event":"{name}","data":{{"customer_id":"ana"}}}}"#).into_bytes()
}

/// Posts three events, of which the middle one is met with `deed`, and handles what is due.
async fn after(database: &TestDatabase, deed: Deed) -> (Arc<Moody>, Dispatcher) {
    let moody = Arc::new(Moody {
        deeds: [("B", deed)].into(),
        ..Moody::default()
    });
    let settings = Settings {
        handler_deadline: Duration::from_millis(300),
        write_deadline: Duration::from_millis(100),
        poll: Duration::ZERO,
        ..Settings::default()
    };
    let dispatcher = Dispatcher::new(database.store.clone(), settings).subscriber(moody.clone());
    dispatcher.register().await.expect("a subscriber");
    let bodies = ["A", "B", "C"].map(event);
    database.append(&bodies.each_ref().map(Vec::as_slice)).await;
    dispatcher.drain().await.expect("a drain");
    (moody, dispatcher)
}

fn handled(moody: &Moody) -> Vec<String> {
    let mut handled = moody
        .handled
        .lock()
        .expect("no panic while it is held")
        .clone();
    handled.sort();
    handled
}

async fn reasons(store: &Store) -> Vec<String> {
    let dead = store.dead_letters(0, 10).await.expect("dead letters");
    dead.into_iter()
        .filter_map(|letter| letter.last_error)
        .collect()
}

async fn only_the_guilty_event_waits(database: TestDatabase) {
    for (round, deed) in [Deed::Refuse, Deed::Panic, Deed::Hang, Deed::HoldTheWriter]
        .into_iter()
        .enumerate()
    {
        // Each round's events are new: the window is over.
        database.clock.advance(Duration::from_hours(25));
        let (moody, dispatcher) = after(&database, deed).await;
        assert_eq!(handled(&moody).len(), 2, "round {round}");
        let left = dispatcher.drain().await.expect("a drain");
        assert_eq!(
            left,
            Drained {
                pending: 1,
                dead: 0
            },
            "round {round}"
        );
        database.execute("DELETE FROM deliveries").await;
    }
}

async fn after_ten_tries_it_is_a_dead_letter_and_can_be_revived(database: TestDatabase) {
    let (_, dispatcher) = after(&database, Deed::Refuse).await;
    for _ in 0..9 {
        assert_eq!(dispatcher.drain().await.expect("a drain").dead, 0);
        database.clock.advance(Duration::from_mins(10));
    }
    assert_eq!(
        dispatcher.drain().await.expect("a drain"),
        Drained {
            pending: 0,
            dead: 1
        }
    );
    assert_eq!(reasons(&database.store).await, ["not today"]);

    let calm = Arc::new(Moody::default());
    let calmed =
        Dispatcher::new(database.store.clone(), Settings::default()).subscriber(calm.clone());
    assert_eq!(
        calmed.drain().await.expect("a drain"),
        Drained {
            pending: 0,
            dead: 1
        }
    );
    assert_eq!(
        database
            .store
            .revive(Some("moody"), None)
            .await
            .expect("a revival"),
        1
    );
    assert_eq!(
        calmed.drain().await.expect("a drain"),
        Drained {
            pending: 0,
            dead: 0
        }
    );
    assert_eq!(handled(&calm), ["B"]);
}

async fn a_hopeless_event_is_dead_at_once(database: TestDatabase) {
    let (moody, dispatcher) = after(&database, Deed::GiveUp).await;
    assert_eq!(handled(&moody), ["A", "C"]);
    assert_eq!(
        dispatcher.drain().await.expect("a drain"),
        Drained {
            pending: 0,
            dead: 1
        }
    );
    assert_eq!(reasons(&database.store).await, ["never"]);
}

async fn a_full_disk_costs_no_event_an_attempt(database: TestDatabase) {
    let (_, dispatcher) = after(&database, Deed::FillTheDisk).await;
    for _ in 0..20 {
        database.clock.advance(Duration::from_mins(10));
        let waiting = Drained {
            pending: 3,
            dead: 0,
        };
        assert_eq!(dispatcher.drain().await.expect("a drain"), waiting);
    }
    make_room(&database).await;
    let calm = Arc::new(Moody::default());
    let calmed = Dispatcher::new(database.store.clone(), Settings::default());
    let left = calmed.subscriber(calm.clone()).drain().await;
    assert_eq!(left.expect("a drain").pending, 0);
    assert_eq!(handled(&calm), ["A", "B", "C"]);
}

async fn the_reason_of_a_failure_is_kept(database: TestDatabase) {
    let (_, dispatcher) = after(&database, Deed::Panic).await;
    for _ in 0..9 {
        database.clock.advance(Duration::from_mins(10));
        dispatcher.drain().await.expect("a drain");
    }
    assert_eq!(reasons(&database.store).await, ["it panicked: a bug"]);
}

async fn a_hung_subscriber_holds_up_neither_intake_nor_the_others(database: TestDatabase) {
    let hung = Arc::new(Moody {
        deeds: [("A", Deed::HoldTheWriter)].into(),
        ..Moody::default()
    });
    let settings = Settings {
        write_deadline: Duration::from_secs(1),
        ..Settings::default()
    };
    let dispatcher = Dispatcher::new(database.store.clone(), settings).subscriber(hung);
    dispatcher.register().await.expect("a subscriber");
    database.append(&[&event("A")]).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let working = tokio::spawn({
        let (dispatcher, stop) = (dispatcher.clone(), stop.clone());
        async move { dispatcher.run(stop).await }
    });
    for name in ["D", "E", "F"] {
        // Bounded by the store's patience: an append that waited for ever would fail the test.
        database.append(&[&event(name)]).await;
    }
    stop.cancel();
    working.await.expect("an end");
}

/// Wants only upgrades.
struct Picky;

#[async_trait]
impl Subscriber for Picky {
    fn name(&self) -> &'static str {
        "picky"
    }

    fn kinds(&self) -> Kinds {
        Kinds::Named(vec!["B".into()])
    }

    async fn handle(&self, _: &mut Context<'_>, events: &[RecordedEvent]) -> Result<(), Rejection> {
        let wanted = events
            .iter()
            .all(|event| event.kind.as_deref() == Some("B"));
        if wanted {
            Ok(())
        } else {
            Err(Rejection::give_up("not asked for"))
        }
    }
}

async fn a_new_subscriber_is_told_of_what_came_before_it(database: TestDatabase) {
    let bodies = ["A", "B", "C"].map(event);
    database.append(&bodies.each_ref().map(Vec::as_slice)).await;
    let moody = Arc::new(Moody::default());
    let dispatcher = Dispatcher::new(database.store.clone(), Settings::default())
        .subscriber(moody.clone())
        .subscriber(Arc::new(Picky));
    dispatcher.register().await.expect("subscribers");
    assert_eq!(
        dispatcher.drain().await.expect("a drain"),
        Drained {
            pending: 0,
            dead: 0
        }
    );
    assert_eq!(handled(&moody), ["A", "B", "C"]);
}

both_databases!(
    only_the_guilty_event_waits,
    after_ten_tries_it_is_a_dead_letter_and_can_be_revived,
    a_hopeless_event_is_dead_at_once,
    a_full_disk_costs_no_event_an_attempt,
    the_reason_of_a_failure_is_kept,
    a_hung_subscriber_holds_up_neither_intake_nor_the_others,
    a_new_subscriber_is_told_of_what_came_before_it,
);
