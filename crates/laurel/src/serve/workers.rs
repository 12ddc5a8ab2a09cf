//! Those who work behind the scenes: they hand events to subscribers, mail to channels, and do an extension's own work.

use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use laurel_dispatch::{Dispatcher, History};
use laurel_notify::{MAIL, MailSubscriber, Sender};
use laurel_store::Store;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Parts, Role};
use crate::{Failure, links, mail};

/// How often it is looked for tables that have grown.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The workers at work.
pub(super) struct Workers(JoinSet<()>);

/// A dispatcher with the built-in subscribers and the extensions'.
pub(crate) fn dispatcher(parts: &Parts, store: &Store) -> Dispatcher {
    let lease = parts.config.workers.lease;
    let settings = laurel_dispatch::Settings {
        lease,
        handler_deadline: lease / 2,
        ..laurel_dispatch::Settings::default()
    };
    let built_in = Dispatcher::new(store.clone(), settings)
        .subscriber(Arc::new(History))
        .subscriber(Arc::new(MailSubscriber::new(parts.config.email.settle)));
    let settle = parts.config.email.settle;
    let extensions = &parts.extensions;
    let channels = extensions.channels.iter().map(|channel| channel.name());
    let others = channels.filter(|name| *name != MAIL);
    let messages = others.map(|name| Arc::new(MailSubscriber::of(name, settle)) as Arc<_>);
    messages
        .chain(extensions.subscribers.iter().cloned())
        .fold(built_in, Dispatcher::subscriber)
}

pub(super) async fn start(
    parts: &Parts,
    store: &Store,
    stop: CancellationToken,
) -> Result<Workers, Failure> {
    let mut tasks = JoinSet::new();
    if matches!(parts.role, Role::All | Role::Worker) {
        let dispatcher = dispatcher(parts, store);
        dispatcher.register().await?;
        for sender in senders(parts, store).await? {
            let stop = stop.clone();
            tasks.spawn(async move { sender.run(stop).await });
        }
        for worker in parts.extensions.workers.iter().cloned() {
            tasks.spawn(worker.work(store.clone(), stop.clone()));
        }
        tasks.spawn(refresh_statistics(store.clone(), stop.clone()));
        tasks.spawn(async move { dispatcher.run(stop).await });
    }
    Ok(Workers(tasks))
}

/// Keeps what the database plans by from falling far behind, while a new installation fills.
async fn refresh_statistics(store: Store, stop: CancellationToken) {
    let mut failing = false;
    while stop
        .run_until_cancelled(tokio::time::sleep(LOOK_AGAIN))
        .await
        .is_some()
    {
        let refreshed = store.refresh_statistics().await;
        // The database is away: said once, not every two seconds.
        if let Err(error) = &refreshed
            && !failing
        {
            tracing::warn!(%error, "the database's statistics are as old as they were");
        }
        failing = refreshed.is_err();
    }
}

async fn senders(parts: &Parts, store: &Store) -> Result<Vec<Sender>, Failure> {
    let theirs = &parts.extensions.channels;
    let built_in = mail::channel(&parts.config.email)?;
    let channels = built_in.into_iter().chain(theirs.iter().cloned());
    let settings = laurel_notify::Settings {
        linker: Some(links::linker(&parts.config, store).await?),
        ..mail::settings(&parts.config)?
    };
    let sender = |channel| Sender::new(store.clone(), channel, settings.clone());
    let senders: Result<Vec<_>, _> = channels.map(sender).collect();
    senders.map_err(|error| Failure::Usage(format!("email: {error}")))
}

impl Workers {
    /// Waits for the shutdown; a worker that ends before it has failed, and the server with it.
    pub(super) async fn until(&mut self, shutdown: &CancellationToken) -> Result<(), Failure> {
        if self.0.is_empty() {
            shutdown.cancelled().await;
            return Ok(());
        }
        // The shutdown first: workers return at it, too.
        tokio::select! {
            biased;
            () = shutdown.cancelled() => Ok(()),
            ended = self.0.join_next() => {
                let why = ended.and_then(Result::err).map(anyhow::Error::new);
                Err(why.unwrap_or_else(|| anyhow!("it returned")).context("a worker ended").into())
            }
        }
    }

    /// Waits for what they were doing.
    pub(super) async fn stopped(self) {
        self.0.join_all().await;
    }
}
