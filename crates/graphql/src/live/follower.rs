//! One who follows: first what the database holds after their cursor, then what is told as it comes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ObjectType, ServerError};
use laurel_payloads::EventKind;
use laurel_store::{FeedFilter, FeedRecord};

use super::topic::Inbox;
use super::update::Update;
use super::{Operation, whole};
use crate::Api;
use crate::asking::{Asking, Failed};

/// As many updates are read at once by who is behind.
const STRETCH: u32 = 32;
/// How long to wait before what has failed is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// What a follower is told.
pub(crate) enum Told {
    /// An update: the payload of a `next`.
    Next(Arc<str>),
    /// Why there is nothing to follow; it is the last.
    Refused(Vec<ServerError>),
}

/// A subscription that was accepted.
pub(crate) struct Follower<Q> {
    api: Arc<Api<Q>>,
    asking: Asking,
    operation: Arc<Operation>,
    stage: Stage,
}

enum Stage {
    /// The engine was not asked yet what is followed.
    Asking,
    Following(Box<Following>),
    Over,
}

struct Following {
    filter: FeedFilter,
    inbox: Inbox,
    /// Everything up to here was told.
    position: i64,
    /// What was read from the database and is still to be told.
    read: VecDeque<FeedRecord>,
    /// Whether there may be more of that.
    behind: bool,
}

impl<Q: ObjectType + 'static> Follower<Q> {
    pub(crate) fn new(api: Arc<Api<Q>>, asking: Asking, operation: Operation) -> Self {
        Self {
            api,
            asking,
            operation: Arc::new(operation),
            stage: Stage::Asking,
        }
    }

    /// What comes next; none when there is no more to come.
    pub(crate) async fn next(&mut self) -> Option<Told> {
        loop {
            match &mut self.stage {
                Stage::Over => return None,
                Stage::Asking => match self.begin().await {
                    Ok(stage) => self.stage = stage,
                    Err(errors) => {
                        self.stage = Stage::Over;
                        return Some(Told::Refused(errors));
                    }
                },
                Stage::Following(following) => {
                    let update = following.next(&self.asking).await;
                    if update.record.entry.kind == EventKind::Unrecognized && !self.asking.operates
                    {
                        continue;
                    }
                    return Some(Told::Next(self.shown(update).await));
                }
            }
        }
    }

    async fn begin(&self) -> Result<Stage, Vec<ServerError>> {
        let (api, asking) = (Arc::clone(&self.api), self.asking.clone());
        let operation = Arc::clone(&self.operation);
        let begun = whole(async move {
            let following = operation.ask(&api, &asking).await?;
            let Some(filter) = following.filter else {
                // Nobody is followed, and that is not told from somebody to whom nothing happens.
                return Ok(None);
            };
            let begun = async {
                let inbox = api
                    .hub
                    .join(&asking.scope, filter.customer_id.clone())
                    .await?;
                let position = match following.after {
                    Some(after) => after,
                    None => asking.scope.feed_end().await?,
                };
                Ok(Following {
                    filter,
                    inbox,
                    position,
                    read: VecDeque::new(),
                    behind: following.after.is_some(),
                })
            };
            let begun = asking.read(begun.await);
            begun.map(Some).map_err(|failed| vec![failed.into()])
        });
        match begun.await {
            Some(Ok(Some(following))) => Ok(Stage::Following(Box::new(following))),
            Some(Ok(None)) => std::future::pending().await,
            Some(Err(errors)) => Err(errors),
            None => Err(vec![Failed(self.asking.request).into()]),
        }
    }

    /// The update as this follower asked for it. One that we fail to show is tried once more; then they are told so.
    async fn shown(&self, update: Arc<Update>) -> Arc<str> {
        let make = async {
            for pause in [Duration::ZERO, PAUSE] {
                tokio::time::sleep(pause).await;
                let (api, asking) = (Arc::clone(&self.api), self.asking.clone());
                let (operation, record) = (Arc::clone(&self.operation), update.record.clone());
                let deadline = api.settings.deadline;
                let show = async move { operation.show(&api, &asking, record).await };
                let shown = whole(async move { tokio::time::timeout(deadline, show).await });
                if let Some(Ok(Some(shown))) = shown.await {
                    return shown;
                }
            }
            Operation::apology(&self.asking)
        };
        update.shown(&self.operation.the_same, make).await
    }
}

impl Following {
    async fn next(&mut self, asking: &Asking) -> Arc<Update> {
        loop {
            if let Some(record) = self.read.pop_front() {
                self.position = record.position;
                return Arc::new(Update::new(record));
            }
            if self.behind {
                self.read_on(asking).await;
                continue;
            }
            let Some(update) = self.inbox.next().await else {
                self.behind = true;
                continue;
            };
            if update.record.position > self.position {
                self.position = update.record.position;
                if self.filter.takes(&update.record.entry) {
                    return update;
                }
            }
        }
    }

    /// Reads a stretch of what was told. While the database is away that is tried again and again.
    async fn read_on(&mut self, asking: &Asking) {
        let (scope, filter, after) = (asking.scope.clone(), self.filter.clone(), self.position);
        let read = whole(async move { scope.feed(&filter, after, STRETCH).await });
        match read.await {
            Some(Ok(page)) => {
                self.behind = page.more;
                if page.items.is_empty() {
                    self.position = page.reached;
                }
                self.read.extend(page.items);
            }
            Some(Err(error)) => {
                asking.failed(&error);
                tokio::time::sleep(PAUSE).await;
            }
            None => tokio::time::sleep(PAUSE).await,
        }
    }
}
