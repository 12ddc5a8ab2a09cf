//! The demo's server: the same as any, on free ports and a temporary folder.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_graphql::ObjectType;
use laurel_migrations::Migrations;
use laurel_store::{KeyScope, Source};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::mailbox::{self, Mailbox};
use crate::config::{Auth, Config, Secret, Transport};
use crate::listener::Listener;
use crate::serve::{self, Listeners, Role};
use crate::{Failure, Platform, database, shutdown};

pub(super) const SOURCE: &str = "cafe";
/// No secret: what it opens is made up, and on this machine.
pub(super) const TOKEN: &str = "cafe-central-tries-laurel-out";

pub(super) struct Server {
    pub(super) url: String,
    pub(super) database: String,
    /// An API key for everything that it holds.
    pub(super) key: String,
    pub(super) mailbox: Mailbox,
    folder: TempDir,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), Failure>>,
}

impl Server {
    pub(super) async fn start<Q: ObjectType + 'static>(
        platform: Platform<Q>,
    ) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("laurel-demo-").tempdir()?;
        let listeners = Listeners {
            http: Some(free_port().await?),
            admin: free_port().await?,
            keeper: None,
        };
        let http = listeners.http.as_ref().context("a port")?.address();
        let path = folder.path().join("laurel.db");
        let config = config(&path, http);
        let key = key(&config, &platform.extensions.migrations).await?;

        let (channel, mailbox) = mailbox::open(&folder.path().join("mail"))?;
        let (mut parts, query) = platform.into_parts(Role::All);
        // Nothing leaves this machine, whatever an extension would do with it.
        parts.extensions.channels = vec![Arc::new(channel)];
        parts.config = config;
        let shutdown = CancellationToken::new();
        shutdown::on_signal(shutdown.clone())?;
        let task = tokio::spawn(serve::serve(parts, query, listeners, shutdown.clone()));
        let (url, database) = (format!("http://{http}"), path.display().to_string());
        Ok(Self {
            url,
            database,
            key,
            mailbox,
            folder,
            shutdown,
            task,
        })
    }

    /// Is cancelled by Ctrl-C.
    pub(super) fn interrupted(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Stops it, and leaves its folder for who wants to look.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        self.shutdown.cancel();
        let stopped = self.task.await.context("the server ended")?;
        let _: PathBuf = self.folder.keep();
        stopped
    }

    /// Serves until Ctrl-C; its folder goes with it.
    pub(super) async fn until_interrupted(self) -> Result<(), Failure> {
        self.task.await.context("the server ended")?
    }
}

async fn free_port() -> Result<Listener, Failure> {
    Ok(Listener::bind((Ipv4Addr::LOCALHOST, 0).into()).await?)
}

fn config(path: &std::path::Path, http: std::net::SocketAddr) -> Config {
    let mut config = Config::default();
    config.database.url = format!("sqlite://{}", path.display()).into();
    config.http.listen = http;
    // The channel is the demo's own; a mail for every change, at once.
    config.email.transport = Transport::None;
    config.email.from = Some("Café Central <club@cafe-central.example>".to_owned());
    config.email.settle = Duration::ZERO;
    let auth = Auth::with_token(Secret::from(TOKEN.to_owned()));
    config
        .sources
        .entry(SOURCE.to_owned())
        .or_default()
        .auth
        .push(auth);
    config
}

/// Makes the database and a key to ask it with, as `laurel keys create` would.
async fn key(config: &Config, extensions: &[Migrations]) -> Result<String, Failure> {
    database::migrate(&config.database, extensions).await?;
    let store = database::connect(&config.database).await?;
    let source = Source::new(SOURCE).context("a source's name")?;
    let scopes = [KeyScope::Read, KeyScope::Operate];
    let (_, key) = store.create_api_key(&source, Some("demo"), &scopes).await?;
    store.close().await?;
    Ok(key)
}
