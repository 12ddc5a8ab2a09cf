//! What a `TestApp` is made of, added as a `main` adds it to the platform.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::ObjectType;
use axum::Router;
use laurel_dispatch::{Dispatcher, History, Subscriber};
use laurel_graphql::Query;
use laurel_ingest::{Intake, SourceSettings, TokenVerifier};
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
pub struct TestAppBuilder<Q = Query> {
    database: TestDatabase,
    settle: Duration,
    dispatch: laurel_dispatch::Settings,
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
    #[must_use]
    pub fn settle_window(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// How the dispatcher works: for a test of deadlines and retries.
    #[must_use]
    pub fn dispatch(mut self, settings: laurel_dispatch::Settings) -> Self {
        self.dispatch = settings;
        self
    }

    /// Adds a subscriber.
    #[must_use]
    pub fn subscriber(mut self, subscriber: impl Subscriber) -> Self {
        self.subscribers.push(Arc::new(subscriber));
        self
    }

    /// Adds a channel, beside the mailbox that takes the mail or, named `mail`, in its place.
    #[must_use]
    pub fn channel(mut self, channel: impl Channel) -> Self {
        self.channels.push(Arc::new(channel));
        self
    }

    /// Adds a source, with verifiers and a reader of its own, beside `masivo`.
    #[must_use]
    pub fn source(mut self, source: SourceSettings) -> Self {
        self.sources.push(source);
        self
    }

    /// Adds an extension's tables.
    #[must_use]
    pub fn migrator<M: MigratorTrait + 'static>(mut self, _: M) -> Self {
        self.migrations.push(Migrations::of::<M>());
        self
    }

    /// Adds routes below a path.
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
    #[must_use]
    pub fn query<R: ObjectType + 'static>(self, query: R) -> TestAppBuilder<R> {
        let faults = laurel_graphql::root_faults::<R>();
        assert!(faults.is_empty(), "{}", faults.join("; "));
        TestAppBuilder {
            database: self.database,
            settle: self.settle,
            dispatch: self.dispatch,
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
        let settings = laurel_graphql::Settings::default();
        let api = laurel_graphql::router_of(store.clone(), settings, self.query);
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
            .fold(router, |router, (path, more)| router.nest(path, more));
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
            ..laurel_notify::Settings::new("club@example.com")
        };
        Sender::new(self.database.store.clone(), channel, settings).expect("a sender")
    }
}
