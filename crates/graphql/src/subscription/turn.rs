//! What the resolver of a subscription is run for: to find out what is followed, or to show one update of it.

use std::sync::{Arc, OnceLock};

use async_graphql::{Context, ID, Result};
use laurel_payloads::CustomerId;
use laurel_store::{FeedFilter, FeedRecord};

use super::seal;
use crate::asking::{Asking, Failed};
use crate::error::{Code, Refusal};
use crate::global_id::GlobalId;
use crate::reads::read;

/// Put beside every request that runs a subscription.
pub(crate) enum Turn {
    /// The resolver says what is followed, and delivers nothing.
    Asked(OnceLock<Following>),
    /// The resolver delivers this.
    Told(FeedRecord),
}

/// What a subscription follows.
#[derive(Clone, Debug)]
pub(crate) struct Following {
    /// None: what the asker may not see, or what there is none of.
    pub(crate) filter: Option<FeedFilter>,
    /// From which position on; from now on where nothing is said.
    pub(crate) after: Option<i64>,
}

/// Takes a turn: answers the update that is to be shown, where one is.
pub(super) async fn take(
    context: &Context<'_>,
    customer: Option<ID>,
    tier_changes: bool,
    after: Option<String>,
) -> Result<Option<FeedRecord>> {
    let answer = match &**context.data_unchecked::<Arc<Turn>>() {
        Turn::Told(record) => return Ok(Some(record.clone())),
        Turn::Asked(answer) => answer,
    };
    let after = match after {
        Some(after) => Some(position(context, &after).await?),
        None => None,
    };
    let filter = whose(context, customer)
        .await?
        .map(|customer_id| FeedFilter {
            customer_id,
            tier_changes,
        });
    // The first of several stands; they are one field, asked for more than once.
    answer.get_or_init(|| Following { filter, after });
    Ok(None)
}

/// A position that there is, in the feed of the asker's own source. One that lies ahead is of another database, or of this one before it was restored: who
/// followed from it would miss what comes meanwhile.
async fn position(context: &Context<'_>, after: &str) -> Result<i64> {
    let asking = Asking::of(context);
    let position: i64 = seal(asking).decode(after)?;
    if position < 0 || position > asking.read(asking.scope.feed_end().await)? {
        let message = "This cursor lies ahead of everything: begin without one.";
        return Err(Refusal::new(Code::BadUserInput, message).into());
    }
    Ok(position)
}

/// Whose updates are followed: of one customer, of all (none), or of nobody (no answer). An id that nobody has yet may be
/// somebody's soon; one of somebody whom the asker may not see is answered like one that stays nobody's.
async fn whose(
    context: &Context<'_>,
    customer: Option<ID>,
) -> Result<Option<Option<CustomerId>>, Failed> {
    let asking = Asking::of(context);
    let viewer = asking.viewer();
    let viewer = viewer.map(|viewer| match &viewer.record {
        Some(record) => &record.customer_id,
        None => &viewer.id,
    });
    let Some(id) = customer else {
        return Ok(Some(viewer.cloned()));
    };
    let global = match GlobalId::decode(&id, asking.scope.source()) {
        Some(GlobalId::Customer(own)) => Some(own),
        _ => None,
    };
    let ids = [id.parse().ok(), global];
    for id in ids.iter().flatten() {
        if let Some(record) = read(context, CustomerId::clone(id)).await? {
            return Ok(asking
                .shown(record)
                .map(|record| Some(record.customer_id.clone())));
        }
    }
    let [own, global] = ids;
    let nobodys = global.or(own);
    Ok(nobodys
        .filter(|id| viewer.is_none_or(|viewer| viewer == id))
        .map(Some))
}
