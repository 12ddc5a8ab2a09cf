//! A database with its dispatcher, a sender, and a channel that remembers what it was given.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{Dispatcher, History};
use laurel_notify::mail::Message;
use laurel_notify::{
    Channel, Delivery, Failure, Hold, MAIL, MailSubscriber, Refusal, Sender, Settings,
};
use laurel_testkit::TestDatabase;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

/// A row of the outbox: its state, with the reason where there is one, and its tries.
pub(crate) type Row = (String, i64);

pub(crate) struct House {
    pub(crate) database: TestDatabase,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) channel: Arc<Recorder>,
    pub(crate) sender: Sender,
}

impl House {
    pub(crate) async fn new(database: TestDatabase, settle: Duration) -> Self {
        Self::with(
            database,
            Settings {
                settle,
                ..settings()
            },
        )
        .await
    }

    pub(crate) async fn with(database: TestDatabase, settings: Settings) -> Self {
        // What is tested is not how fast a busy machine writes.
        let handling = laurel_dispatch::Settings {
            write_deadline: Duration::from_secs(20),
            ..laurel_dispatch::Settings::default()
        };
        let dispatcher = Dispatcher::new(database.store.clone(), handling)
            .subscriber(Arc::new(History))
            .subscriber(Arc::new(MailSubscriber::new(settings.settle)));
        dispatcher.register().await.unwrap();
        let channel = Arc::<Recorder>::default();
        let sender = Sender::new(database.store.clone(), channel.clone(), settings).unwrap();
        Self {
            database,
            dispatcher,
            channel,
            sender,
        }
    }

    /// Webhooks come in, and are handled.
    pub(crate) async fn receive(&self, bodies: &[Vec<u8>]) {
        let bodies: Vec<_> = bodies.iter().map(Vec::as_slice).collect();
        self.database.append(&bodies).await;
        let drained = self.dispatcher.drain().await.unwrap();
        assert_eq!((drained.pending, drained.dead), (0, 0));
    }

    pub(crate) async fn send(&self) {
        self.sender.drain().await.unwrap();
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.database.clock.advance(by);
    }

    /// The outbox, in the order of the events.
    pub(crate) async fn outbox(&self) -> Vec<Row> {
        let sql = "SELECT state, reason, attempts FROM outbox ORDER BY event_seq";
        let rows = self.query(sql).await;
        let read = |row: &sea_orm::QueryResult| {
            let (state, reason): (String, Option<String>) = (
                row.try_get("", "state").unwrap(),
                row.try_get("", "reason").unwrap(),
            );
            let state = reason.map_or(state.clone(), |reason| format!("{state}: {reason}"));
            (state, row.try_get("", "attempts").unwrap())
        };
        rows.iter().map(read).collect()
    }

    /// The states alone.
    pub(crate) async fn states(&self) -> Vec<String> {
        self.outbox()
            .await
            .into_iter()
            .map(|(state, _)| state)
            .collect()
    }

    pub(crate) async fn query(&self, sql: &str) -> Vec<sea_orm::QueryResult> {
        let tx = self.database.store.begin().await.unwrap();
        let backend = tx.connection().get_database_backend();
        let rows = tx
            .connection()
            .query_all_raw(Statement::from_string(backend, sql))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// The disk is full when the next try to send is to be recorded.
    pub(crate) async fn no_room_for_the_next_attempt(&self) {
        let tx = self.database.store.begin().await.unwrap();
        let sql = match tx.connection().get_database_backend() {
            // A sequence goes on, whatever is rolled back.
            DbBackend::Postgres => {
                "CREATE SEQUENCE tries; \
                 CREATE FUNCTION full_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 IF nextval('tries') = 1 THEN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END IF; \
                 RETURN NEW; END $$; \
                 CREATE TRIGGER full_once BEFORE INSERT ON delivery_attempts \
                 FOR EACH ROW EXECUTE FUNCTION full_once()"
            }
            // There is room again once the message has been held for longer.
            _ => {
                "CREATE TABLE held (times INTEGER); CREATE TABLE more (filler BLOB); \
                 CREATE TRIGGER held AFTER UPDATE OF locked_until ON outbox WHEN NEW.locked_until IS NOT NULL \
                 BEGIN INSERT INTO held VALUES (1); END; \
                 CREATE TRIGGER more BEFORE INSERT ON delivery_attempts WHEN (SELECT count(*) FROM held) < 2 \
                 BEGIN INSERT INTO more VALUES (zeroblob(1000000)); END; \
                 PRAGMA max_page_count = 1"
            }
        };
        tx.connection().execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub(crate) async fn execute(&self, sql: &str) {
        let tx = self.database.store.begin().await.unwrap();
        tx.connection().execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }
}

pub(crate) fn settings() -> Settings {
    Settings {
        settle: Duration::ZERO,
        ..Settings::new("Café Central <club@example.com>")
    }
}

/// A channel that takes every message unless it was told otherwise.
#[derive(Default)]
pub(crate) struct Recorder {
    outcomes: Mutex<VecDeque<Failure>>,
    taken: Mutex<Vec<Message>>,
    is_down: AtomicBool,
}

impl Recorder {
    /// The next messages fail like this, one after the other.
    pub(crate) fn fail(&self, failures: impl IntoIterator<Item = Failure>) {
        self.outcomes.lock().unwrap().extend(failures);
    }

    /// Every message fails for now, until [`Recorder::recover`].
    pub(crate) fn fail_until_told(&self) {
        self.is_down.store(true, Ordering::Relaxed);
    }

    pub(crate) fn recover(&self) {
        self.is_down.store(false, Ordering::Relaxed);
    }

    pub(crate) fn taken(&self) -> Vec<Message> {
        self.taken.lock().unwrap().clone()
    }

    pub(crate) fn subjects(&self) -> Vec<String> {
        self.taken()
            .into_iter()
            .map(|message| message.words.subject)
            .collect()
    }
}

#[async_trait]
impl Channel for Recorder {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        assert!(!hold.has_ended());
        if self.is_down.load(Ordering::Relaxed) {
            return Err(Failure::Transient(Refusal::by(
                "relay.test:587",
                "connect",
                "refused",
            )));
        }
        if let Some(failure) = self.outcomes.lock().unwrap().pop_front() {
            return Err(failure);
        }
        self.taken.lock().unwrap().push(message.clone());
        Ok(receipt())
    }
}

pub(crate) fn receipt() -> Delivery {
    let mut receipt = Delivery::to("relay.test:587");
    receipt.code = Some(250);
    "queued".clone_into(&mut receipt.text);
    receipt
}

pub(crate) fn refusal(code: u16) -> Refusal {
    let mut refusal = Refusal::by("relay.test:587", "RCPT TO", "no");
    refusal.code = Some(code);
    refusal
}

/// A registration of an active customer whom mail reaches, with `changes` laid over the profile.
pub(crate) fn registration(customer: &str, changes: &Value) -> Vec<u8> {
    let mut profile = json!({
        "id": customer, "name": "Ana", "email": format!("{customer}@example.com"),
        "status": "ACTIVE", "is_anonymous": false,
    });
    for (field, value) in changes.as_object().unwrap() {
        profile[field] = value.clone();
    }
    let data = json!({ "customer_id": customer, "customer": profile });
    json!({ "event": "CUSTOMER_REGISTRATION", "data": data })
        .to_string()
        .into_bytes()
}

/// A change between two tiers of one ladder.
pub(crate) fn change(customer: &str, from: &str, to: &str) -> Vec<u8> {
    let level = |tier| {
        ["Bronze", "Silver", "Gold"]
            .iter()
            .position(|name| *name == tier)
            .unwrap()
    };
    let event = if level(from) < level(to) {
        "TIER_UPGRADE"
    } else {
        "TIER_DOWNGRADE"
    };
    let data = json!({
        "customer_id": customer,
        "from_tier_id": from.to_lowercase(), "from_tier_name": from, "from_tier_level": level(from),
        "to_tier_id": to.to_lowercase(), "to_tier_name": to, "to_tier_level": level(to),
        "triggered_by": "EVENT",
    });
    json!({ "event": event, "data": data })
        .to_string()
        .into_bytes()
}

pub(crate) fn ana() -> Vec<u8> {
    registration("ana", &json!({}))
}
