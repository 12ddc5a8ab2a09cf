//! A source whose events all fail, and a customer with more events than anybody reads.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{
    Context, Dispatcher, Drained, History, RecordedEvent, Rejection, Settings, Subscriber,
};
use laurel_payloads::read;
use laurel_store::{NewEvent, Source};
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{House, moved, of};

both_databases!(
    c40_a_source_that_fails_rests_and_the_others_go_on,
    c40_a_source_that_hangs_does_not_take_up_the_worker,
    c38_poison_between_good_events_holds_up_none_of_them,
    c37_the_thousandth_event_of_a_customer_costs_what_the_first_did,
);

/// What becomes of the events of the source `broken`.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Refuse,
    Panic,
    Hang,
    Calm,
}

struct Partial {
    mood: Mutex<Mood>,
    /// How often it was asked about an event of the source that fails, and what it handled.
    asked: Mutex<usize>,
    handled: Mutex<Vec<(Source, i64)>>,
}

impl Partial {
    fn new(mood: Mood) -> Arc<Self> {
        Arc::new(Self {
            mood: Mutex::new(mood),
            asked: Mutex::default(),
            handled: Mutex::default(),
        })
    }

    fn asked(&self) -> usize {
        *self.asked.lock().expect("no panic while it is held")
    }

    fn handled(&self, source: &Source) -> usize {
        let handled = self.handled.lock().expect("no panic while it is held");
        handled.iter().filter(|(of, _)| of == source).count()
    }

    fn mend(&self) {
        *self.mood.lock().expect("no panic while it is held") = Mood::Calm;
    }
}

#[async_trait]
impl Subscriber for Partial {
    fn name(&self) -> &'static str {
        "partial"
    }

    async fn handle(&self, _: &mut Context<'_>, events: &[RecordedEvent]) -> Result<(), Rejection> {
        let mood = *self.mood.lock().expect("no panic while it is held");
        if mood != Mood::Calm && events.iter().any(|event| event.source == broken()) {
            *self.asked.lock().expect("no panic while it is held") += 1;
            match mood {
                Mood::Refuse => return Err(Rejection::retry("not today")),
                Mood::Panic => panic!("a bug"),
                _ => std::future::pending::<()>().await,
            }
        }
        let handled = events.iter().map(|event| (event.source.clone(), event.seq));
        self.handled
            .lock()
            .expect("no panic while it is held")
            .extend(handled);
        Ok(())
    }
}

fn broken() -> Source {
    Source::new("broken").expect("a name")
}

/// Events of the source that fails and of another, in turns.
async fn receive(database: &TestDatabase, events: usize) {
    let now = database.store.clock().now();
    let day = Duration::from_hours(24);
    let batch: Vec<_> = (0..events)
        .flat_map(|number| {
            let body = format!(r#"{{"event":"X","data":{{"customer_id":"ana","n":{number}}}}}"#);
            [broken(), database.source()].map(|source| {
                let reading = read(body.as_bytes()).expect("an object");
                NewEvent::new(source, body.clone().into(), reading, now, day)
            })
        })
        .collect();
    database.store.append(&batch).await.expect("an append");
}

fn dispatcher(database: &TestDatabase, subscriber: Arc<Partial>) -> Dispatcher {
    let settings = Settings {
        handler_deadline: Duration::from_millis(100),
        ..Settings::default()
    };
    Dispatcher::new(database.store.clone(), settings).subscriber(subscriber)
}

const EVENTS: usize = 30;

async fn c40_a_source_that_fails_rests_and_the_others_go_on(database: TestDatabase) {
    for (round, mood) in (1..).zip([Mood::Refuse, Mood::Panic]) {
        let partial = Partial::new(mood);
        let dispatcher = dispatcher(&database, partial.clone());
        dispatcher.register().await.expect("a subscriber");
        receive(&database, EVENTS).await;
        let waiting = Drained {
            pending: i64::try_from(EVENTS).expect("few"),
            dead: 0,
        };
        assert_eq!(dispatcher.drain().await.expect("a drain"), waiting);
        assert_eq!(
            partial.handled(&database.source()),
            EVENTS,
            "the others are done"
        );
        assert!(
            partial.asked() < EVENTS / 2,
            "asked about {} of {EVENTS} events of a source that fails",
            partial.asked()
        );
        partial.mend();
        database.clock.advance(Duration::from_mins(10));
        let left = dispatcher.drain().await.expect("a drain");
        assert_eq!(
            left,
            Drained {
                pending: 0,
                dead: 0
            },
            "round {round}"
        );
        assert_eq!(partial.handled(&broken()), EVENTS, "none was given up");
        // The next round's events are new.
        database.clock.advance(Duration::from_hours(25));
    }
}

async fn c40_a_source_that_hangs_does_not_take_up_the_worker(database: TestDatabase) {
    let partial = Partial::new(Mood::Hang);
    let dispatcher = dispatcher(&database, partial.clone());
    dispatcher.register().await.expect("a subscriber");
    receive(&database, EVENTS).await;
    dispatcher.drain().await.expect("a drain");
    assert_eq!(
        partial.handled(&database.source()),
        EVENTS,
        "the others are done"
    );
    assert!(
        partial.asked() < EVENTS / 2,
        "asked {} times",
        partial.asked()
    );
}

async fn c38_poison_between_good_events_holds_up_none_of_them(database: TestDatabase) {
    // Every second event makes its subscriber panic: no good one is far from a bad one.
    struct Picky(Mutex<Vec<i64>>);

    #[async_trait]
    impl Subscriber for Picky {
        fn name(&self) -> &'static str {
            "picky"
        }

        async fn handle(
            &self,
            _: &mut Context<'_>,
            events: &[RecordedEvent],
        ) -> Result<(), Rejection> {
            assert!(events.iter().all(|event| event.seq % 2 == 0), "a bug");
            let seqs = events.iter().map(|event| event.seq);
            self.0
                .lock()
                .expect("no panic while it is held")
                .extend(seqs);
            Ok(())
        }
    }

    let picky = Arc::new(Picky(Mutex::default()));
    let dispatcher =
        Dispatcher::new(database.store.clone(), Settings::default()).subscriber(picky.clone());
    dispatcher.register().await.expect("a subscriber");
    let bodies: Vec<_> = (0..40)
        .map(|number| format!(r#"{{"event":"X","data":{{"n":{number}}}}}"#))
        .collect();
    database
        .append(&bodies.iter().map(String::as_bytes).collect::<Vec<_>>())
        .await;
    let left = dispatcher.drain().await.expect("a drain");
    assert_eq!(
        left,
        Drained {
            pending: 20,
            dead: 0
        }
    );
    assert_eq!(
        picky.0.lock().expect("no panic").len(),
        20,
        "each good one is done"
    );
    let given_up = async || {
        let dead = database.store.dead_letters(0, 100).await;
        dead.expect("dead letters").len()
    };
    // What is left of the source only fails: it rests between the tries, and each is given up in the end.
    for _ in 0..200 {
        database.clock.advance(Duration::from_mins(11));
        dispatcher.drain().await.expect("a drain");
        if given_up().await == 20 {
            return;
        }
    }
    panic!("{} of 20 given up", given_up().await);
}

async fn c37_the_thousandth_event_of_a_customer_costs_what_the_first_did(database: TestDatabase) {
    let house = House::new(database).await;
    let store = house.database.store.clone();
    let dispatcher =
        Dispatcher::new(store.clone(), Settings::default()).subscriber(Arc::new(History));
    let body = |number: usize| moved("CUSTOMER_ACCUMULATION", "points", &number.to_string(), "1");
    let cost = async |number: usize| {
        house.database.append(&[body(number).as_bytes()]).await;
        let before = store.statements();
        dispatcher.drain().await.expect("a drain");
        store.statements() - before
    };
    cost(1).await;
    let second = cost(2).await;
    let bodies: Vec<_> = (3..2_000).map(body).collect();
    for chunk in bodies.chunks(250) {
        house
            .database
            .append(&chunk.iter().map(String::as_bytes).collect::<Vec<_>>())
            .await;
    }
    dispatcher.drain().await.expect("a drain");
    assert_eq!(cost(2_000).await, second);
    assert_eq!(house.sums("ana").await, ["points +2001000 -0"]);
    let (ana, everything) = (of("ana"), laurel_store::HistoryFilter::default());
    let count = house.scope.count_history(&ana, &everything).await;
    assert_eq!(count.expect("a count"), 2_000);
}
