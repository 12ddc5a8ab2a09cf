//! The feed: what was entered into histories, in the order in which it became visible, for those who follow along.
//!
//! The order of the log is not that order: workers handle events side by side, and one that began later may end sooner.
//! Whoever has read the feed up to a position has seen everything up to it, whatever is committed later: see [`write`].

mod listen;
mod lost;
mod read;
mod write;

use laurel_payloads::EventKind;

pub use read::{FeedFilter, FeedPage, FeedRecord};

fn is_tier_change(kind: EventKind) -> bool {
    matches!(kind, EventKind::TierUpgrade | EventKind::TierDowngrade)
}
