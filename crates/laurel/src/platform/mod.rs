//! `Platform`: the parts of a server, put together in a `main`.

mod arguments;
mod channels;
mod command;
mod extensions;
mod print;
mod routes;
mod run;
mod section;
mod session;
mod verifier;
mod worker;

use std::fmt::Display;
use std::sync::Arc;

use async_graphql::ObjectType;
use axum::Router;
use laurel_dispatch::Subscriber;
use laurel_ingest::Verifier;
use laurel_migrations::{Migrations, MigratorTrait};
use laurel_notify::Channel;
use laurel_payloads::Reader;
use laurel_store::Store;
use tokio_util::sync::CancellationToken;

use self::arguments::Arguments;
use self::command::ExtensionCommand;
use self::verifier::VerifierKind;
use self::worker::Worker;
use crate::Failure;
use crate::config::{Config, Loaded};

pub(crate) use self::extensions::Extensions;
pub(crate) use self::routes::Routes;
pub use self::section::Settings;
pub use self::session::Session;

/// A server, or any other command, with the extensions that a `main` adds to it.
///
/// Nothing registers itself: what is not added here is not there. What cannot go together (two
/// subscribers of one name, a path that is taken) is refused by [`run`](Platform::run), which says what to change.
///
/// `Q` is the root of the API's queries: [`laurel_graphql::Query`], or an extension's object of the
/// same name that [`laurel_graphql::QueryRoot`] is merged into.
///
/// ```no_run
/// # use laurel_dispatch::{Context, RecordedEvent, Rejection, Subscriber};
/// # struct Badges;
/// # #[async_trait::async_trait]
/// # impl Subscriber for Badges {
/// #     fn name(&self) -> &'static str { "badges" }
/// #     async fn handle(&self, _: &mut Context<'_>, _: &[RecordedEvent]) -> Result<(), Rejection> { Ok(()) }
/// # }
/// fn main() -> std::process::ExitCode {
///     laurel::exit(|| laurel::Platform::from_env()?.subscriber(Badges).run())
/// }
/// ```
pub struct Platform<Q = laurel_graphql::Query> {
    arguments: Arguments,
    pub(crate) loaded: Loaded,
    pub(crate) query: Q,
    pub(crate) extensions: Extensions,
    commands: Vec<ExtensionCommand>,
}

impl Platform {
    /// Reads the arguments and the configuration of the process.
    ///
    /// The commands that need no configuration (`demo`, `simulate`, `schema`, `completions`, and any with `--help`) see
    /// the defaults, so that they work beside a broken one.
    ///
    /// # Errors
    ///
    /// The configuration is wrong, and the command needs it.
    pub fn from_env() -> Result<Self, Failure> {
        let arguments = Arguments::of_process();
        let loaded = if arguments.need_configuration() {
            Loaded::with_foreign(arguments.config(), std::env::vars_os())?
        } else {
            Loaded::default()
        };
        Ok(Self {
            arguments,
            loaded,
            query: laurel_graphql::Query::default(),
            extensions: Extensions::default(),
            commands: Vec::new(),
        })
    }
}

impl<Q> Platform<Q> {
    /// The configuration, for what an extension makes of it.
    pub fn config(&self) -> &Config {
        &self.loaded.config
    }

    /// Reads `[extensions.<name>]`; a section that is left out has its defaults.
    ///
    /// For a section without which an extension does nothing, `S` is an `Option` of its settings. The section is then
    /// part of `config check`, `config print` and `schema config`. A name is made of small letters, digits and single
    /// underscores, so that variables of the environment can set what is in it.
    ///
    /// # Errors
    ///
    /// A key is unknown, missing, or its value will not do.
    ///
    /// ```no_run
    /// # use laurel::config::Secret;
    /// use schemars::JsonSchema;
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Default, Serialize, Deserialize, JsonSchema)]
    /// #[serde(default, deny_unknown_fields)]
    /// struct Badges {
    ///     /// How many purchases make a regular.
    ///     purchases: u32,
    /// }
    ///
    /// let mut platform = laurel::Platform::from_env()?;
    /// let badges: Badges = platform.section("badges")?;
    /// # Ok::<(), laurel::Failure>(())
    /// ```
    pub fn section<S: Settings + Default>(&mut self, name: &'static str) -> Result<S, Failure> {
        let section = self.loaded.foreign.section(name)?.unwrap_or_default();
        self.extensions.sections.add(name, &section);
        Ok(section)
    }

    /// Adds a subscriber: it is told of every event of its kinds, from the first in the log on.
    ///
    /// ```no_run
    /// # use laurel_dispatch::{Context, RecordedEvent, Rejection, Subscriber};
    /// /// Knows who is a regular.
    /// struct Badges;
    ///
    /// #[async_trait::async_trait]
    /// impl Subscriber for Badges {
    ///     fn name(&self) -> &'static str {
    ///         "badges"
    ///     }
    ///
    ///     async fn handle(&self, _: &mut Context<'_>, events: &[RecordedEvent]) -> Result<(), Rejection> {
    ///         tracing::info!(events = events.len(), "seen");
    ///         Ok(())
    ///     }
    /// }
    ///
    /// # fn main() -> std::process::ExitCode { laurel::exit(|| {
    /// laurel::Platform::from_env()?.subscriber(Badges).run()
    /// # }) }
    /// ```
    #[must_use]
    pub fn subscriber(mut self, subscriber: impl Subscriber) -> Self {
        self.extensions.subscribers.push(Arc::new(subscriber));
        self
    }

    /// Adds a channel: it carries out the outbox's messages of its name, of which every tier change gets one.
    ///
    /// One named `mail` takes the place of the configured transport, which has to be `none`.
    ///
    /// ```no_run
    /// # use laurel_notify::{Channel, Delivery, Failure, Hold, mail::Message};
    /// /// Reads messages out at the counter.
    /// struct Counter;
    ///
    /// #[async_trait::async_trait]
    /// impl Channel for Counter {
    ///     fn name(&self) -> &'static str {
    ///         "counter"
    ///     }
    ///
    ///     async fn deliver(&self, message: &Message, _: &Hold) -> Result<Delivery, Failure> {
    ///         println!("{}", message.words.subject);
    ///         Ok(Delivery::to("counter"))
    ///     }
    /// }
    ///
    /// # fn main() -> std::process::ExitCode { laurel::exit(|| {
    /// laurel::Platform::from_env()?.channel(Counter).run()
    /// # }) }
    /// ```
    #[must_use]
    pub fn channel(mut self, channel: impl Channel) -> Self {
        self.extensions.channels.push(Arc::new(channel));
        self
    }

    /// Adds a kind of credential: `auth = [{ kind = "<kind>", … }]` of a source, the other keys being `S`.
    ///
    /// ```no_run
    /// use std::convert::Infallible;
    ///
    /// use laurel_ingest::{Proof, Refusal, Unverified, Verdict, Verifier};
    /// use schemars::JsonSchema;
    /// use serde::{Deserialize, Serialize};
    ///
    /// /// `auth = [{ kind = "address", address = "203.0.113.9" }]`
    /// #[derive(Serialize, Deserialize, JsonSchema)]
    /// #[serde(deny_unknown_fields)]
    /// struct Only {
    ///     /// Who may post.
    ///     address: std::net::IpAddr,
    /// }
    ///
    /// impl Verifier for Only {
    ///     fn kind(&self) -> &'static str {
    ///         "address"
    ///     }
    ///
    ///     fn verify<'a>(&'a self, request: &Unverified<'a>) -> Result<Verdict<'a>, Refusal> {
    ///         match request.address == Some(self.address) {
    ///             true => Ok(Proof::by(0).into()),
    ///             false => Err(Refusal::Address),
    ///         }
    ///     }
    /// }
    ///
    /// # fn main() -> std::process::ExitCode { laurel::exit(|| {
    /// laurel::Platform::from_env()?.verifier("address", |only: Only| Ok::<_, Infallible>(only)).run()
    /// # }) }
    /// ```
    #[must_use]
    pub fn verifier<S, V, E>(
        mut self,
        kind: &'static str,
        make: impl Fn(S) -> Result<V, E> + Send + Sync + 'static,
    ) -> Self
    where
        S: Settings,
        V: Verifier,
        E: Display,
    {
        let verifier = VerifierKind::new(kind, make);
        self.extensions.verifiers.push(verifier);
        self
    }

    /// Adds a format of webhooks that are not Masivo's: `format = "<format>"` of a source.
    ///
    /// Its events are named `<format>:<name>`. What they mean is for a subscriber that takes those names.
    ///
    /// ```no_run
    /// use laurel_payloads::{Heading, Reader, Unreadable};
    ///
    /// struct Pings;
    ///
    /// impl Reader for Pings {
    ///     fn format(&self) -> &'static str {
    ///         "pings"
    ///     }
    ///
    ///     fn heading(&self, _body: &[u8]) -> Result<Heading, Unreadable> {
    ///         Ok(Heading::new("ping"))
    ///     }
    /// }
    ///
    /// # fn main() -> std::process::ExitCode { laurel::exit(|| {
    /// laurel::Platform::from_env()?.reader(Pings).run()
    /// # }) }
    /// ```
    #[must_use]
    pub fn reader(mut self, reader: impl Reader) -> Self {
        self.extensions.add_reader(Arc::new(reader));
        self
    }

    /// Adds the tables of an extension: `migrate` and `serve` apply its migrations after ours, under the same lock.
    ///
    /// The migrator names a table of its own in `migration_table_name`, where it is recorded what was applied.
    #[must_use]
    pub fn migrator<M: MigratorTrait + 'static>(mut self, _: M) -> Self {
        self.extensions.migrations.push(Migrations::of::<M>());
        self
    }

    /// Adds work that no delivery asks for, such as asking another system for what it knows. It runs where subscribers do
    /// (`serve --role all` and `worker`), until its token is cancelled; one that panics is started over after a while, and
    /// takes nothing with it.
    ///
    /// ```no_run
    /// # fn main() -> std::process::ExitCode { laurel::exit(|| {
    /// laurel::Platform::from_env()?
    ///     .worker("badges", |store, stop| async move {
    ///         while !stop.is_cancelled() {
    ///             // One thing after the other, each in a transaction of its own: `store.begin()`.
    ///             let _ = store.ping().await;
    ///             stop.run_until_cancelled(tokio::time::sleep(std::time::Duration::from_mins(1))).await;
    ///         }
    ///     })
    ///     .run()
    /// # }) }
    /// ```
    #[must_use]
    pub fn worker<F, R>(mut self, name: &'static str, run: F) -> Self
    where
        F: Fn(Store, CancellationToken) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.extensions.workers.push(Worker::new(name, run));
        self
    }

    /// Adds routes below a path of their own, to the public port. Anyone can call them: what is not for anyone checks
    /// credentials itself, as [`Store::authenticate`] does.
    ///
    /// ```no_run
    /// use axum::{Router, routing::get};
    ///
    /// # fn main() -> std::process::ExitCode { laurel::exit(|| {
    /// laurel::Platform::from_env()?
    ///     .routes("/badges", |_store| Router::new().route("/help", get(|| async { "Ask at the counter.\n" })))
    ///     .run()
    /// # }) }
    /// ```
    #[must_use]
    pub fn routes(
        mut self,
        path: &'static str,
        make: impl Fn(Store) -> Router + Send + Sync + 'static,
    ) -> Self {
        self.extensions.routes.push(Routes::new(path, make));
        self
    }

    /// Adds a command, named and described by its arguments' `#[command(name = "…")]`.
    ///
    /// ```no_run
    /// /// Count the customers who have a badge.
    /// #[derive(clap::Parser)]
    /// #[command(name = "badges")]
    /// struct Badges {
    ///     /// Only this badge.
    ///     #[arg(long)]
    ///     named: Option<String>,
    /// }
    ///
    /// # fn main() -> std::process::ExitCode { laurel::exit(|| {
    /// laurel::Platform::from_env()?
    ///     .command(async |_: Badges, session| {
    ///         let _store = session.store().await?;
    ///         session.print("none yet\n")
    ///     })
    ///     .run()
    /// # }) }
    /// ```
    #[must_use]
    pub fn command<A, F>(mut self, run: F) -> Self
    where
        A: clap::Parser + 'static,
        F: AsyncFnOnce(A, Session) -> Result<(), Failure> + 'static,
    {
        self.commands.push(ExtensionCommand::new(run));
        self
    }

    /// Answers queries from another root: an object named `Query` that [`laurel_graphql::QueryRoot`] is merged into,
    /// and that has no other fields of those names.
    #[must_use]
    pub fn query<R: ObjectType + 'static>(mut self, query: R) -> Platform<R> {
        self.extensions.add_root::<R>();
        let Self {
            arguments,
            loaded,
            extensions,
            commands,
            query: _,
        } = self;
        Platform {
            arguments,
            loaded,
            query,
            extensions,
            commands,
        }
    }
}
