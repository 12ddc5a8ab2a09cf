//! A database for one test, made through the migrations and gone with it.

use std::sync::Arc;
use std::time::Duration;

use laurel_migrations::Migrations;
use laurel_payloads::{Reading, read};
use laurel_store::{Appended, NewEvent, Options, Source, Store};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::FixedClock;

/// A database with a store over it, whose clock stands still until it is moved.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_testkit::{TestDatabase, fixture, run};
///
/// run(async {
///     let database = TestDatabase::sqlite().await;
///     database.append(&[fixture("04_tier_upgrade")]).await;
///     database.clock.advance(Duration::from_mins(1));
///     let another = database.another_store().await; // as another copy of the server has it
///     another.ping().await.expect("an answer");
/// });
/// ```
#[derive(Debug)]
pub struct TestDatabase {
    /// The store.
    pub store: Store,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Where the database is, for a test that wants a store, a server or a connection of its own.
    pub url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// A new SQLite file in a temporary folder.
    ///
    /// # Panics
    /// If it cannot be made.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("laurel.db").display());
        laurel_migrations::migrate(&format!("{url}?mode=rwc"))
            .await
            .expect("the migrations");
        Self::open(url, Some(folder)).await
    }

    /// A new database on the server that `LAUREL_TEST_POSTGRES_URL` names.
    ///
    /// # Panics
    /// If the variable is not set, or the server does not answer.
    pub async fn postgres() -> Self {
        let server = std::env::var("LAUREL_TEST_POSTGRES_URL").expect(
            "LAUREL_TEST_POSTGRES_URL is not set: run `cargo xtask test`, which starts a PostgreSQL for the tests",
        );
        let (base, _) = server
            .rsplit_once('/')
            .expect("a URL that ends in a database");
        let template = template(&server, base).await;
        let name = format!("laurel_test_{}", random_name());
        let server = connect(&server).await;
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        server.execute_unprepared(&sql).await.expect("a database");
        server.close().await.expect("a clean end");
        Self::open(format!("{base}/{name}"), None).await
    }

    async fn open(url: String, folder: Option<TempDir>) -> Self {
        let clock = Arc::new(FixedClock::default());
        let store = Store::connect(&options(&url), clock.clone())
            .await
            .expect("a store");
        Self {
            store,
            clock,
            url,
            _folder: folder,
        }
    }

    /// Another store over the same database, as another copy of the server would have.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub async fn another_store(&self) -> Store {
        Store::connect(&options(&self.url), self.clock.clone())
            .await
            .expect("a store")
    }

    /// Runs a statement beside the store, for what no part of Laurel does.
    ///
    /// # Panics
    /// If the database refuses it.
    pub async fn execute(&self, sql: &str) {
        let connection = connect(&self.url).await;
        connection
            .execute_unprepared(sql)
            .await
            .expect("the statement to be taken");
        connection.close().await.expect("a clean end");
    }

    /// Applies an extension's migrations.
    ///
    /// # Panics
    /// If one of them fails.
    pub async fn migrate(&self, extensions: &[Migrations]) {
        if !extensions.is_empty() {
            let applied = laurel_migrations::migrate_with(&self.url, extensions).await;
            applied.expect("the migrations");
        }
    }

    /// The source that tests post to.
    ///
    /// # Panics
    /// Never.
    pub fn source(&self) -> Source {
        Source::new("masivo").expect("a name")
    }

    /// Appends bodies as intake would, received now, with a window of 24 hours.
    ///
    /// # Panics
    /// If a body is malformed, or the append fails.
    pub async fn append(&self, bodies: &[&[u8]]) -> Vec<Appended> {
        let events: Vec<NewEvent> = bodies.iter().map(|body| self.event(body)).collect();
        self.store.append(&events).await.expect("an append")
    }

    fn event(&self, body: &[u8]) -> NewEvent {
        let reading: Reading = read(body).expect("an object");
        let window = Duration::from_hours(24);
        let now = self.store.clock().now();
        NewEvent::new(self.source(), body.to_vec(), reading, now, window)
    }
}

/// Few connections: tests run side by side on one server.
fn options(url: &str) -> Options {
    Options {
        readers: 4,
        writers: 4,
        patience: Duration::from_secs(30),
        ..Options::new(url)
    }
}

/// The database that has had the migrations, once a process; the others are copies of it.
async fn template(server: &str, base: &str) -> &'static str {
    static TEMPLATE: OnceCell<String> = OnceCell::const_new();
    TEMPLATE
        .get_or_init(|| async {
            let name = format!("laurel_template_{}", random_name());
            let connection = connect(server).await;
            let sql = format!("CREATE DATABASE {name}");
            connection
                .execute_unprepared(&sql)
                .await
                .expect("a template");
            connection.close().await.expect("a clean end");
            laurel_migrations::migrate(&format!("{base}/{name}"))
                .await
                .expect("the migrations");
            name
        })
        .await
}

pub(crate) async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options)
        .await
        .expect("the test server's answer")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a name that no other test process has"
)]
fn random_name() -> String {
    Uuid::new_v4().simple().to_string()
}
