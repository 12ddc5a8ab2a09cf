//! Notifications that are sent anew.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use laurel_store::Resend;
use uuid::Uuid;

use super::{Deed, UserError, UserErrorCode};
use crate::asking::Asking;
use crate::global_id::GlobalId;
use crate::types::Notification;

/// The mutations of notifications.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Notifications;

/// What `resendNotification` is told.
#[derive(InputObject)]
struct ResendNotificationInput {
    /// The global id of the notification.
    id: ID,
}

/// What `resendNotification` answers.
#[derive(Default, SimpleObject)]
struct ResendNotificationPayload {
    /// The notification, which is to go out now.
    notification: Option<Notification>,
    /// Why nothing was changed.
    user_errors: Vec<UserError>,
}

#[Object]
impl Notifications {
    /// Has a notification that was sent, skipped or given up go out again. Whether it does is decided anew when it is
    /// sent: who is not to be written to is not. A mail keeps its Message-ID, by which a repeat can be told.
    /// Needs the scope `operate`.
    async fn resend_notification(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which notification.")] input: ResendNotificationInput,
    ) -> Option<Result<ResendNotificationPayload>> {
        Some(resend(Asking::of(context), &input.id).await)
    }
}

async fn resend(asking: &Asking, id: &ID) -> Result<ResendNotificationPayload> {
    let id = match GlobalId::decode(id, asking.scope.source()) {
        Some(GlobalId::Notification(id)) => Some(id),
        _ => None,
    };
    let target = id.map_or_else(|| "unknown".to_owned(), |id: Uuid| id.to_string());
    let deed = Deed::new(asking, "resend_notification", target);
    deed.allowed(asking.operator()).await?;
    let done = match id {
        Some(id) => asking.read(asking.scope.resend(id).await)?,
        None => Resend::Unknown,
    };
    deed.ended(outcome(done)).await?;
    if let Some((code, message)) = objection(done) {
        return Ok(ResendNotificationPayload {
            user_errors: vec![UserError::of_input("id", code, message)],
            ..ResendNotificationPayload::default()
        });
    }
    let ids: Vec<Uuid> = id.into_iter().collect();
    let message = asking.read(asking.scope.messages_by_id(&ids).await)?.pop();
    Ok(ResendNotificationPayload {
        notification: message.map(Notification),
        user_errors: Vec::new(),
    })
}

fn outcome(done: Resend) -> &'static str {
    match done {
        Resend::Pending => "done",
        Resend::Unknown => "not_found",
        Resend::OnItsWay => "on_its_way",
        Resend::Merged { .. } => "merged",
        Resend::Cancelled => "cancelled",
        Resend::NothingToTell => "nothing_to_tell",
        Resend::Superseded => "superseded",
        Resend::Stale => "stale",
    }
}

fn objection(done: Resend) -> Option<(UserErrorCode, &'static str)> {
    Some(match done {
        Resend::Pending => return None,
        Resend::Unknown => (UserErrorCode::NotFound, "There is no such notification."),
        Resend::OnItsWay => (UserErrorCode::OnItsWay, "It is to go out anyway."),
        Resend::Merged { .. } => (
            UserErrorCode::Merged,
            "Another notification tells of this change: the customer's newest one that was sent.",
        ),
        Resend::Cancelled => (
            UserErrorCode::Cancelled,
            "It was taken back: the customer is erased.",
        ),
        Resend::NothingToTell => (
            UserErrorCode::NothingToTell,
            "The changes came to nothing together: there is nothing to tell.",
        ),
        Resend::Superseded => (
            UserErrorCode::Superseded,
            "The customer's tier has changed since, and that change has a notification of its own.",
        ),
        Resend::Stale => (
            UserErrorCode::Stale,
            "The change was received more than seven days ago: it is no news.",
        ),
    })
}
