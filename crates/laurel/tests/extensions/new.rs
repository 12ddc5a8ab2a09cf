//! A subscriber that comes later is given everything, resumes where it was, and can start over.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{Context, RecordedEvent, Rejection, Settings, Subscriber};
use laurel_testkit::{FIXTURES, TestApp, TestDatabase, both_databases};

/// Notes the places in the log that it was told of, and refuses everything beyond a number of them.
#[derive(Clone, Default)]
struct Late {
    told: Arc<Mutex<Vec<i64>>>,
    refuses_from: Arc<AtomicUsize>,
}

#[async_trait]
impl Subscriber for Late {
    fn name(&self) -> &'static str {
        "late"
    }

    async fn handle(&self, _: &mut Context<'_>, events: &[RecordedEvent]) -> Result<(), Rejection> {
        let mut told = self.told.lock().unwrap();
        if told.len() + events.len() > self.refuses_from.load(Ordering::SeqCst) {
            return Err(Rejection::retry("not yet"));
        }
        told.extend(events.iter().map(|event| event.seq));
        Ok(())
    }
}

impl Late {
    fn told(&self) -> Vec<i64> {
        let mut told = self.told.lock().unwrap().clone();
        told.sort_unstable();
        told
    }
}

async fn it_is_told_of_everything_once_and_again_when_it_starts_over(database: TestDatabase) {
    let all: Vec<i64> = (1..).take(FIXTURES.len()).collect();
    let before = TestApp::new(database).await;
    for (_, body) in FIXTURES {
        before.post(body).await;
    }
    before.settle().await;

    let late = Late::default();
    late.refuses_from.store(5, Ordering::SeqCst);
    let settings = Settings {
        batch: 1,
        backoff: Duration::from_hours(1),
        poll: Duration::ZERO,
        ..Settings::default()
    };
    let builder = TestApp::builder(before.database).dispatch(settings);
    let app = builder.subscriber(late.clone()).start().await;
    let left = app.drain().await;
    assert_eq!(late.told(), all[..5], "from the beginning, oldest first");
    assert_eq!(left.dead, 0);

    // Another process takes over where this one was.
    let again = Late::default();
    again.refuses_from.store(usize::MAX, Ordering::SeqCst);
    app.database
        .execute("UPDATE deliveries SET due_at = 0")
        .await;
    let app = TestApp::builder(app.database)
        .subscriber(again.clone())
        .start()
        .await;
    app.settle().await;
    assert_eq!(again.told(), all[5..], "what was done is not done again");

    app.replay("late").await;
    app.settle().await;
    let mut twice = [&all[5..], &all[..]].concat();
    twice.sort_unstable();
    assert_eq!(again.told(), twice, "and all of it when it starts over");
}

both_databases!(it_is_told_of_everything_once_and_again_when_it_starts_over);
