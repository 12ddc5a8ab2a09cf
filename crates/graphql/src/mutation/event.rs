//! Events that are handled again.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use laurel_store::Replayed;
use uuid::Uuid;

use super::{Deed, UserError, UserErrorCode};
use crate::Readers;
use crate::asking::Asking;
use crate::global_id::GlobalId;
use crate::types::WebhookEvent;

/// The mutations of the log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Events;

/// What `replayEvent` is told.
#[derive(InputObject)]
struct ReplayEventInput {
    /// The event's id, as its sender was answered, or its global id.
    id: ID,
}

/// What `replayEvent` answers.
#[derive(Default, SimpleObject)]
struct ReplayEventPayload {
    /// The event, with the deliveries that are tried again.
    event: Option<WebhookEvent>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

#[Object]
impl Events {
    /// Has an event handled again that was kept aside, if it can be read by now, or that a subscriber has given up.
    /// Whoever has handled it is not given it again, and nobody is mailed twice. Needs the scope `operate`.
    async fn replay_event(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which event.")] input: ReplayEventInput,
    ) -> Option<Result<ReplayEventPayload>> {
        let readers = context.data_unchecked::<Readers>();
        Some(replay(Asking::of(context), readers, &input.id).await)
    }
}

async fn replay(asking: &Asking, readers: &Readers, id: &ID) -> Result<ReplayEventPayload> {
    let source = asking.scope.source();
    let id = Uuid::try_parse(id)
        .ok()
        .or_else(|| match GlobalId::decode(id, source) {
            Some(GlobalId::Event(id)) => Some(id),
            _ => None,
        });
    let target = id.map_or_else(|| "unknown".to_owned(), |id| id.to_string());
    let deed = Deed::new(asking, "replay_event", target);
    deed.allowed(asking.operator()).await?;
    let read = |body: &[u8]| readers.read(source, body);
    let done = match id {
        Some(id) => asking.read(asking.scope.replay_event(id, &read).await)?,
        None => Replayed::Unknown,
    };
    deed.ended(outcome(&done)).await?;
    if let Some((code, message)) = objection(&done) {
        return Ok(ReplayEventPayload {
            user_errors: vec![UserError::of_input("id", code, message)],
            ..ReplayEventPayload::default()
        });
    }
    let ids: Vec<Uuid> = id.into_iter().collect();
    let event = asking
        .read(asking.scope.event_heads_by_id(&ids).await)?
        .pop();
    Ok(ReplayEventPayload {
        event: event.map(WebhookEvent),
        user_errors: Vec::new(),
    })
}

fn outcome(done: &Replayed) -> &'static str {
    match done {
        Replayed::Unknown => "not_found",
        Replayed::Accepted => "accepted",
        Replayed::Unreadable => "unreadable",
        Replayed::Revived(_) => "revived",
        Replayed::Nothing => "nothing_to_replay",
    }
}

fn objection(done: &Replayed) -> Option<(UserErrorCode, &'static str)> {
    Some(match done {
        Replayed::Accepted | Replayed::Revived(_) => return None,
        Replayed::Unknown => (UserErrorCode::NotFound, "There is no such event."),
        Replayed::Unreadable => (
            UserErrorCode::Unreadable,
            "It still cannot be read; its quarantineReason says why.",
        ),
        Replayed::Nothing => (
            UserErrorCode::NothingToReplay,
            "It was handled, or is on its way.",
        ),
    })
}
