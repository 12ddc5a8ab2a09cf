//! A running server: listeners first, then the database, then the work; and all of it down again.
//!
//! From the first moment every port answers: `/livez` with yes, intake with "come back soon" until
//! the migrations are done. At the end requests under way finish before the workers stop.

mod access;
mod gate;
mod health;
mod routes;
mod sources;
mod workers;

use std::time::Duration;

use async_graphql::ObjectType;
use laurel_store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::gate::Gate;
use self::health::Health;
use self::workers::Workers;
use crate::config::Config;
use crate::database::{self, Lock};
use crate::listener::tls::{self, Keeper, Tls};
use crate::listener::{self, Listener};
use crate::platform::Extensions;
use crate::{Failure, telemetry};

pub(crate) use self::access::with_access;
pub(crate) use self::workers::dispatcher;

/// Time for the database to be closed, after the drain.
const GRACE: Duration = Duration::from_secs(1);

/// Which parts of the server a process runs. Any number of each share one PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Role {
    /// Everything in one process.
    #[default]
    All,
    /// Receives webhooks.
    Ingest,
    /// Answers questions.
    Api,
    /// Handles what was received, and sends mail.
    Worker,
}

/// What a server is made of.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) role: Role,
    pub(crate) extensions: Extensions,
}

/// The ports of a server. A worker has nothing to say on the public one.
pub(crate) struct Listeners {
    pub(crate) http: Option<Listener>,
    pub(crate) admin: Listener,
    /// Sees to the certificate of `http`, where it has one.
    pub(crate) keeper: Option<Keeper>,
}

impl Listeners {
    /// Takes the configured ports.
    pub(crate) async fn bind(config: &Config, role: Role) -> Result<Self, Failure> {
        let (mut http, mut keeper) = (None, None);
        if role != Role::Worker {
            // What could not be read now is said before anything is served.
            with_access(config, laurel_graphql::Settings::default())?;
            let (tls, keeps) = certificate(config)?.unzip();
            http = Some(bind("http", config.http.listen).await?.over(tls));
            keeper = keeps;
        }
        Ok(Self {
            http,
            admin: bind("admin", config.admin.listen).await?,
            keeper,
        })
    }
}

/// The certificate that is configured, read and found to be usable.
pub(crate) fn certificate(config: &Config) -> Result<Option<(Tls, Keeper)>, Failure> {
    let opened = config.http.tls.as_ref().map(|tls| {
        tls::open(&tls.certificate, &tls.key)
            .map_err(|error| Failure::Usage(format!("http.tls.{error}")))
    });
    opened.transpose()
}

async fn bind(section: &str, address: std::net::SocketAddr) -> Result<Listener, Failure> {
    Listener::bind(address).await.map_err(|error| {
        Failure::Usage(format!(
            "{section}.listen: {address} cannot be had: {error}"
        ))
    })
}

/// Serves until `shutdown`, then drains. Returns early only with the reason why it could not serve.
pub(crate) async fn serve<Q: ObjectType + 'static>(
    parts: Parts,
    query: Q,
    listeners: Listeners,
    shutdown: CancellationToken,
) -> Result<(), Failure> {
    let (gate, health) = (
        Gate::default(),
        Health::new(telemetry::start_metrics().map_err(anyhow::Error::new)?),
    );
    let admin_shutdown = CancellationToken::new();
    let settings = listener_settings(&parts.config);
    if let Some(keeper) = listeners.keeper {
        tokio::spawn(keeper.keep(shutdown.clone()));
    }
    let http = listeners
        .http
        .map(|http| tokio::spawn(http.serve(gate.router(), settings.clone(), shutdown.clone())));
    let admin = tokio::spawn(listeners.admin.serve(
        health.router(),
        settings,
        admin_shutdown.clone(),
    ));
    let served = work(&parts, query, &gate, &health, http, &shutdown).await;
    // The operator can watch the drain: this port closes last.
    shutdown.cancel();
    admin_shutdown.cancel();
    joined(admin.await)?;
    served
}

/// Opens the database, then everything that needs it, and sees it all down again.
async fn work<Q: ObjectType + 'static>(
    parts: &Parts,
    query: Q,
    gate: &Gate,
    health: &Health,
    http: Option<JoinHandle<()>>,
    shutdown: &CancellationToken,
) -> Result<(), Failure> {
    let _lock = Lock::take(&parts.config.database)?;
    let store = tokio::select! {
        store = prepare(parts) => store?,
        () = shutdown.cancelled() => return Ok(()),
    };
    gate.open(routes::router(parts, query, &store, shutdown).await?);
    let mut workers = workers::start(parts, &store, shutdown.clone()).await?;
    health.ready(store.clone());
    tracing::info!(role = ?parts.role, database = %parts.config.database, "ready");
    let ended = workers.until(shutdown).await;
    health.stopping();
    shutdown.cancel();
    tracing::info!("stopping");
    // The listener keeps the deadline by itself; what goes beyond it is a worker's, and is taken up
    // again by the next one.
    let limit = parts.config.http.drain_deadline + GRACE;
    let drained = tokio::time::timeout(limit, drain(http, gate, workers, &store)).await;
    ended.and(drained.unwrap_or_else(|_| {
        tracing::warn!("stopped with work unfinished; it will be taken up again");
        Ok(())
    }))
}

/// Lets requests and workers finish what they are doing, then lets go of the database.
async fn drain(
    http: Option<JoinHandle<()>>,
    gate: &Gate,
    workers: Workers,
    store: &Store,
) -> Result<(), Failure> {
    if let Some(http) = http {
        joined(http.await)?;
    }
    gate.close();
    workers.stopped().await;
    store.close().await?;
    tracing::info!("stopped");
    Ok(())
}

async fn prepare(parts: &Parts) -> Result<Store, Failure> {
    let database = &parts.config.database;
    let applied = database::migrate(database, &parts.extensions.migrations).await?;
    if !applied.is_empty() {
        tracing::info!(migrations = applied.join(", "), "database migrated");
    }
    database::connect(database).await
}

fn listener_settings(config: &Config) -> listener::Settings {
    listener::Settings {
        connections: listener::connections_allowed(config.http.max_connections),
        per_address: config.http.max_connections_per_address,
        header_deadline: config.http.header_deadline,
        drain_deadline: config.http.drain_deadline,
        ..listener::Settings::default()
    }
}

fn joined(task: Result<(), tokio::task::JoinError>) -> Result<(), Failure> {
    task.map_err(|error| Failure::Other(anyhow::Error::new(error).context("a listener ended")))
}
