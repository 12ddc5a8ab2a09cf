//! Why a mutation did not do what was asked for, in words for the person who asked.

use async_graphql::{Enum, SimpleObject};

/// Why something cannot be done as it was asked for. Nothing was changed.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct UserError {
    /// What is wrong, in English, for a person.
    message: String,
    /// What is wrong, for a program.
    code: UserErrorCode,
    /// The argument that is at fault, as the path to it; null where it is none of them.
    field: Option<Vec<String>>,
}

/// What can be wrong with what a mutation is asked for. More may be added.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(crate) enum UserErrorCode {
    /// The value is not of the kind that is needed here.
    Invalid,
    /// There is no such thing, or none of the asker's.
    NotFound,
    /// The notification is to go out anyway.
    OnItsWay,
    /// Another notification tells of the same change.
    Merged,
    /// The notification was taken back: its customer is erased.
    Cancelled,
    /// The changes came to nothing together.
    NothingToTell,
    /// A later change has a notification of its own.
    Superseded,
    /// The change was received too long ago to be news.
    Stale,
    /// The event was handled, or is on its way.
    NothingToReplay,
    /// The event still cannot be read.
    Unreadable,
}

impl UserError {
    /// The user's error about one member of the input.
    pub(super) fn of_input(member: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code,
            field: Some(vec!["input".to_owned(), member.to_owned()]),
        }
    }
}
