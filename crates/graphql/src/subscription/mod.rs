//! The root of every subscription.
//!
//! The engine is not what follows anything: it is asked once what is followed, and then for each update what of it is to
//! be shown (see [`turn`]). So one update is resolved once for all who ask the same of it.

mod turn;

use async_graphql::{Context, ID, Object, Result};
use futures_util::Stream;
use futures_util::stream::iter;
use laurel_store::FeedRecord;

pub(crate) use turn::{Following, Turn};

use crate::asking::Asking;
use crate::cursor::Seal;
use crate::types::history::{HistoryEntry, TierChange};

/// What binds the cursors of a feed to its source.
fn seal(asking: &Asking) -> Seal {
    Seal::new('f', asking.scope.source(), None)
}

/// Where every subscription begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subscription;

/// What happens, as soon as it is known, over a WebSocket. The order is that in which it became known. What came after a
/// cursor is told in full: nothing of it is left out, though something may be told again.
#[async_graphql::Subscription]
impl Subscription {
    /// What is added to histories: of one customer, or of all. An entry that is added to is told again: a behavior event
    /// that has failed once more.
    async fn history_entry_added(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "The brand's own id of the customer, or the global id; every customer where nothing is said. Who asks \
                    with a customer's token follows that customer, and nobody else."
        )]
        customer_id: Option<ID>,
        #[graphql(
            desc = "What was told after this cursor comes first; only what comes from now on where nothing is said."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = HistoryUpdate> + use<>> {
        let told = turn::take(context, customer_id, false, after).await?;
        Ok(iter(told.map(HistoryUpdate)))
    }

    /// The changes of tier, of every customer that the asker may see.
    async fn tier_changed(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "What was told after this cursor comes first; only what comes from now on where nothing is said."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = TierChangeUpdate> + use<>> {
        let told = turn::take(context, None, true, after).await?;
        Ok(iter(told.map(TierChangeUpdate)))
    }
}

/// An entry that was added to a history.
pub(crate) struct HistoryUpdate(FeedRecord);

/// Something was added to a history.
#[Object]
impl HistoryUpdate {
    /// Where this stands in the order of the updates: to go on after it, in this connection or in another.
    async fn cursor(&self, context: &Context<'_>) -> String {
        seal(Asking::of(context)).encode(&self.0.position)
    }

    /// What was added.
    async fn node(&self) -> HistoryEntry {
        self.0.entry.clone().into()
    }
}

/// A change of tier that has become known.
pub(crate) struct TierChangeUpdate(FeedRecord);

/// A customer's tier has changed.
#[Object]
impl TierChangeUpdate {
    /// Where this stands in the order of the updates: to go on after it, in this connection or in another.
    async fn cursor(&self, context: &Context<'_>) -> String {
        seal(Asking::of(context)).encode(&self.0.position)
    }

    /// The change.
    async fn node(&self) -> TierChange {
        self.0.entry.clone().into()
    }
}
