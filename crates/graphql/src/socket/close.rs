//! Why a WebSocket is closed from our side.

use axum::extract::ws::CloseFrame;

/// A code and its reason. Those from 4400 on are the protocol's; a client of it comes again, with its cursors, after 1001,
/// 1011, 1013, 3008 and 4403.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Close(pub(super) u16, pub(super) &'static str);

impl Close {
    pub(super) const GOING_AWAY: Self = Self(1001, "The server stops: come again.");
    pub(super) const TOO_LONG: Self = Self(1009, "The message is too long.");
    pub(super) const TRY_LATER: Self = Self(1013, "Try again later.");
    pub(super) const TOO_SLOW: Self =
        Self(1013, "Read too slowly: come again with the last cursor.");
    pub(super) const TOO_MANY: Self = Self(1013, "Too many connections with these credentials.");
    pub(super) const SILENT: Self = Self(3008, "No answer to a ping.");
    pub(super) const INVALID: Self = Self(4400, "Not a message of graphql-transport-ws.");
    pub(super) const UNAUTHORIZED: Self = Self(4401, "Unauthorized");
    pub(super) const FORBIDDEN: Self = Self(4403, "Forbidden");
    pub(super) const PROTOCOL: Self = Self(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self(4408, "Connection initialisation timeout");
    pub(super) const DUPLICATE: Self = Self(4409, "Subscriber for this id already exists");
    pub(super) const INIT_TWICE: Self = Self(4429, "Too many initialisation requests");

    pub(super) fn frame(self) -> CloseFrame {
        CloseFrame {
            code: self.0,
            reason: self.1.into(),
        }
    }
}
