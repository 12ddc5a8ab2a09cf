//! One try to handle a batch: in a task of its own, under its deadlines, and settled in the transaction it wrote in.

use std::sync::Arc;
use std::time::Duration;

use laurel_store::{Delivery, Error, Store, Tx};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::{Context, RecordedEvent, Rejection, Settings, Subscriber};

/// How long an aborted handler is given to fall, which it does at its next await point.
const FALL: Duration = Duration::from_secs(1);

/// Why a try came to nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The subscriber refused, panicked, or took too long.
    Rejected(Rejection),
    /// The lease has passed to another worker: it is no longer this one's business.
    LeaseLost,
}

/// Hands a batch over and, where the subscriber accepts it, commits what it wrote together with the deliveries' end.
pub(crate) async fn attempt(
    store: &Store,
    subscriber: &Arc<dyn Subscriber>,
    settings: &Settings,
    batch: &[Delivery],
) -> Result<(), Failure> {
    let events: Vec<RecordedEvent> = batch
        .iter()
        .map(|delivery| delivery.event.clone())
        .collect();
    let written = supervise(store, subscriber, settings, events)
        .await
        .map_err(Failure::Rejected)?;
    match settle(store, subscriber.name(), written, batch).await {
        Ok(()) => Ok(()),
        Err(Error::LeaseLost) => Err(Failure::LeaseLost),
        Err(error) => Err(Failure::Rejected(error.into())),
    }
}

async fn settle(
    store: &Store,
    subscriber: &str,
    written: Option<Tx>,
    batch: &[Delivery],
) -> Result<(), Error> {
    let transaction = match written {
        Some(transaction) => transaction,
        None => store.begin().await?,
    };
    if let Err(error) = transaction.settle(subscriber, batch).await {
        // Where that fails, too, the first error is the one that tells why.
        transaction.rollback().await.ok();
        return Err(error);
    }
    transaction.commit().await
}

async fn supervise(
    store: &Store,
    subscriber: &Arc<dyn Subscriber>,
    settings: &Settings,
    events: Vec<RecordedEvent>,
) -> Result<Option<Tx>, Rejection> {
    let (opened, mut writing) = watch::channel(false);
    let (store, subscriber) = (store.clone(), Arc::clone(subscriber));
    // A task of its own: a panic stays in it, and its transaction is never dropped half-way through an await of ours.
    let mut task = tokio::spawn(async move {
        let mut cx = Context::new(&store, &opened);
        subscriber.handle(&mut cx, &events).await?;
        Ok(cx.into_transaction())
    });
    let held_too_long = async {
        // An error means that the handler has ended, and then the task itself is what resolves.
        if writing.wait_for(|open| *open).await.is_err() {
            std::future::pending::<()>().await;
        }
        sleep(settings.write_deadline).await;
    };
    tokio::select! {
        biased;
        ended = &mut task => ended.unwrap_or_else(|panic| Err(Rejection::retry(describe(panic)))),
        () = held_too_long => {
            fell(task).await;
            Err(Rejection::retry("it held its write transaction past the deadline"))
        }
        () = sleep(settings.handler_deadline) => {
            fell(task).await;
            Err(Rejection::retry("it took longer than its deadline"))
        }
    }
}

/// Aborts a handler, which rolls its transaction back.
async fn fell<T>(task: JoinHandle<T>) {
    task.abort();
    if timeout(FALL, task).await.is_err() {
        tracing::error!("a subscriber blocks its thread: it can be neither stopped nor waited for");
    }
}

fn describe(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "it was cancelled".to_owned();
    };
    let message = panic.downcast_ref::<String>().map(String::as_str);
    let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("it panicked: {}", message.unwrap_or("without a message"))
}
