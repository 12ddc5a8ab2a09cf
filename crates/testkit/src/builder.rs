//! What a `TestApp` is made of, added as a `main` adds it to the platform.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::ObjectType;
use axum::Router;
use laurel_dispatch::{Dispatcher, History, Subscriber};
use laurel_graphql::Query;
use laurel_ingest::{Contained, Intake, SourceSettings, TokenVerifier, contained};
use laurel_migrations::{Migrations, MigratorTrait};
use laurel_notify::links::{Linker, MailKeys};
use laurel_notify::mail::Brands;
use laurel_notify::pages::{PageSettings, Pages};
use laurel_notify::{Channel, MAIL, MailSubscriber, Sender};
use laurel_payloads::EventKind;
use laurel_store::{KeyScope, Store};

use crate::app::TOKEN;
use crate::{Mailbox, TestApp, TestDatabase};

/// What its links begin with.
const PUBLIC_URL: &str = "https://laurel.test";

/// Makes a [`TestApp`]: the same names as `laurel::Platform`, for the same things.
///
/// ```
/// use std::time::Duration;
///
/// use axum::{Router, routing::get};
/// use laurel_testkit::{TestApp, TestDatabase, run};
///
/// run(async {
///     let app = TestApp::builder(TestDatabase::sqlite().await)
///         .settle_window(Duration::ZERO)
///         .routes("/badges", |_store| Router::new().route("/help", get(|| async { "Ask us." })))
///         .start()
///         .await;
///     let (status, body) = app.get("/badges/help").await;
///     assert_eq!((status.as_u16(), body.as_str()), (200, "Ask us."));
/// });
/// ```
pub struct TestAppBuilder<Q = Query> {
    database: TestDatabase,
    settle: Duration,
    dispatch: laurel_dispatch::Settings,
    api: laurel_graphql::Settings,
    patience: Duration,
    pub(crate) subscribers: Vec<Arc<dyn Subscriber>>,
    channels: Vec<Arc<dyn Channel>>,
    sources: Vec<SourceSettings>,
    migrations: Vec<Migrations>,
    routes: Vec<(&'static str, Router)>,
    query: Q,
}

impl<Q> std::fmt::Debug for TestAppBuilder<Q> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TestAppBuilder")
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

impl TestAppBuilder {
    pub(crate) fn new(database: TestDatabase) -> Self {
        let token = TokenVerifier::new([TOKEN]);
        let source = SourceSettings::new(database.source(), vec![Arc::new(token)]);
        Self {
            settle: Duration::from_mins(1),
            dispatch: laurel_dispatch::Settings::default(),
            api: laurel_graphql::Settings::default(),
            patience: Duration::from_mins(1),
            subscribers: Vec::new(),
            channels: Vec::new(),
            sources: vec![source],
            migrations: Vec::new(),
            routes: Vec::new(),
            query: Query::default(),
            database,
        }
    }
}

impl<Q> TestAppBuilder<Q> {
    /// How long tier changes of one customer are awaited to become one mail; a minute unless set.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// # async fn example(database: TestDatabase) {
    /// let app = TestApp::builder(database).settle_window(Duration::ZERO).start().await;
    /// # }
    /// ```
    #[must_use]
    pub fn settle_window(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// How the dispatcher works: for a test of deadlines and retries.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use laurel_dispatch::Settings;
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// # async fn example(database: TestDatabase) {
    /// let impatient = Settings { handler_deadline: Duration::from_millis(50), most_attempts: 1, ..Settings::default() };
    /// let app = TestApp::builder(database).dispatch(impatient).start().await;
    /// # }
    /// ```
    #[must_use]
    pub fn dispatch(mut self, settings: laurel_dispatch::Settings) -> Self {
        self.dispatch = settings;
        self
    }

    /// How the API works: for a test of its deadline.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use laurel_graphql::Settings;
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// # async fn example(database: TestDatabase) {
    /// let impatient = Settings { deadline: Duration::from_millis(50), ..Settings::default() };
    /// let app = TestApp::builder(database).api(impatient).start().await;
    /// # }
    /// ```
    #[must_use]
    pub fn api(mut self, settings: laurel_graphql::Settings) -> Self {
        self.api = settings;
        self
    }

    /// How long a channel may take over a message, and a route of an extension's to begin its answer; a minute unless
    /// set.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// # async fn example(database: TestDatabase) {
    /// let app = TestApp::builder(database).patience(Duration::from_millis(50)).start().await;
    /// # }
    /// ```
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Adds a subscriber.
    ///
    /// ```
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// use laurel_dispatch::Subscriber;
    ///
    /// async fn start(database: TestDatabase, mine: impl Subscriber) -> TestApp {
    ///     TestApp::builder(database).subscriber(mine).start().await
    /// }
    /// ```
    #[must_use]
    pub fn subscriber(mut self, subscriber: impl Subscriber) -> Self {
        self.subscribers.push(Arc::new(subscriber));
        self
    }

    /// Adds a channel, beside the mailbox that takes the mail or, named `mail`, in its place.
    ///
    /// ```
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// use laurel_notify::Channel;
    ///
    /// async fn start(database: TestDatabase, mine: impl Channel) -> TestApp {
    ///     TestApp::builder(database).channel(mine).start().await
    /// }
    /// ```
    #[must_use]
    pub fn channel(mut self, channel: impl Channel) -> Self {
        self.channels.push(Arc::new(channel));
        self
    }

    /// Adds a source, with verifiers and a reader of its own, beside `masivo`.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use laurel_ingest::{SourceSettings, TokenVerifier};
    /// use laurel_store::Source;
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// # async fn example(database: TestDatabase) {
    /// let token = Arc::new(TokenVerifier::new(["of-the-shop"]));
    /// let shop = SourceSettings::new(Source::new("webshop").expect("a name"), vec![token]);
    /// let app = TestApp::builder(database).source(shop).start().await;
    /// app.post_to("/webhooks/webshop/of-the-shop", &[], br#"{"event":"X","data":{}}"#).await;
    /// # }
    /// ```
    #[must_use]
    pub fn source(mut self, mut source: SourceSettings) -> Self {
        let verifiers = source.verifiers.into_iter();
        let verifiers = verifiers.map(|verifier| Arc::new(Contained::new(verifier)) as Arc<_>);
        source.verifiers = verifiers.collect();
        self.sources.push(source);
        self
    }

    /// Adds an extension's tables.
    ///
    /// ```
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// async fn start(database: TestDatabase, mine: impl laurel_migrations::MigratorTrait + 'static) -> TestApp {
    ///     TestApp::builder(database).migrator(mine).start().await
    /// }
    /// ```
    #[must_use]
    pub fn migrator<M: MigratorTrait + 'static>(mut self, _: M) -> Self {
        self.migrations.push(Migrations::of::<M>());
        self
    }

    /// Adds routes below a path.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// # async fn example(database: TestDatabase) {
    /// let app = TestApp::builder(database)
    ///     .routes("/badges", |_store| Router::new().route("/help", get(|| async { "Ask us." })))
    ///     .start()
    ///     .await;
    /// # }
    /// ```
    #[must_use]
    pub fn routes(mut self, path: &'static str, make: impl FnOnce(Store) -> Router) -> Self {
        let routes = make(self.database.store.clone());
        self.routes.push((path, routes));
        self
    }

    /// Answers queries from another root.
    ///
    /// # Panics
    /// If `laurel serve` would refuse it.
    ///
    /// ```
    /// # use laurel_testkit::{TestApp, TestDatabase};
    /// use async_graphql::{MergedObject, Object};
    /// use laurel_graphql::QueryRoot;
    ///
    /// #[derive(Default)]
    /// struct Badges;
    ///
    /// #[Object]
    /// impl Badges {
    ///     /// How many badges there are.
    ///     async fn badges(&self) -> i32 {
    ///         3
    ///     }
    /// }
    ///
    /// #[derive(Default, MergedObject)]
    /// struct Query(QueryRoot, Badges);
    ///
    /// # async fn example(database: TestDatabase) {
    /// let app = TestApp::builder(database).query(Query::default()).start().await;
    /// assert_eq!(app.query("{ badges }").await["data"]["badges"], 3);
    /// # }
    /// ```
    #[must_use]
    pub fn query<R: ObjectType + 'static>(self, query: R) -> TestAppBuilder<R> {
        let faults = laurel_graphql::root_faults::<R>();
        assert!(faults.is_empty(), "{}", faults.join("; "));
        TestAppBuilder {
            database: self.database,
            settle: self.settle,
            dispatch: self.dispatch,
            api: self.api,
            patience: self.patience,
            subscribers: self.subscribers,
            channels: self.channels,
            sources: self.sources,
            migrations: self.migrations,
            routes: self.routes,
            query,
        }
    }
}

impl<Q: ObjectType + 'static> TestAppBuilder<Q> {
    /// Puts it together.
    ///
    /// # Panics
    /// If a part of it does not start.
    pub async fn start(self) -> TestApp {
        self.database.migrate(&self.migrations).await;
        let store = self.database.store.clone();
        let mailbox = Mailbox::default();
        let mut channels = self.channels.clone();
        if !channels.iter().any(|channel| channel.name() == MAIL) {
            channels.push(Arc::new(mailbox.clone()));
        }
        let mut dispatcher = Dispatcher::new(store.clone(), self.dispatch.clone())
            .subscriber(Arc::new(History))
            .subscriber(Arc::new(MailSubscriber::new(self.settle)));
        for channel in channels.iter().filter(|channel| channel.name() != MAIL) {
            let messages = MailSubscriber::of(channel.name(), self.settle);
            dispatcher = dispatcher.subscriber(Arc::new(messages));
        }
        let keys = MailKeys::of(&store).await.expect("keys");
        let linker = Linker::new(PUBLIC_URL, keys);
        let senders = channels.into_iter();
        let senders = senders.map(|channel| self.sender(channel, linker.clone()));
        let senders = senders.collect();
        let subscribers = self.subscribers.into_iter();
        let dispatcher = subscribers.fold(dispatcher, Dispatcher::subscriber);
        dispatcher.register().await.expect("the subscribers");

        let settings = laurel_ingest::Settings::default();
        let intake = Intake::start(store.clone(), self.sources, settings);
        let api = laurel_graphql::router_of(store.clone(), self.api, self.query);
        let pages = PageSettings {
            programme: "Café Central".to_owned(),
            brands: Brands::default(),
            kinds: vec![EventKind::TierUpgrade, EventKind::TierDowngrade],
        };
        let pages = Pages::open(&store, pages).await.expect("the pages");
        let router = laurel_ingest::router(intake).merge(api);
        let router = router.merge(pages.router());
        let router = self
            .routes
            .into_iter()
            .fold(router, |router, (path, more)| {
                router.nest(path, contained(more, self.patience))
            });
        let source = self.database.source();
        let key = store.create_api_key(&source, None, &KeyScope::ALL).await;
        TestApp {
            database: self.database,
            mailbox,
            router,
            dispatcher,
            senders,
            key: key.expect("a key").1,
        }
    }

    fn sender(&self, channel: Arc<dyn Channel>, linker: Linker) -> Sender {
        let settings = laurel_notify::Settings {
            settle: self.settle,
            linker: Some(linker),
            deadline: self.patience,
            ..laurel_notify::Settings::new("club@example.com")
        };
        Sender::new(self.database.store.clone(), channel, settings).expect("a sender")
    }
}
