//! The read models: written by the `history` subscriber, read by everybody else.
//!
//! Everything that is written here may be written again, in any order: a snapshot counts only if its event has a higher
//! `seq` than the one it replaces, and everything else is keyed by its event. A batch takes the lock of its customers'
//! rows first and in order, so that two workers with the same customer take turns and never wait for each other.

mod clear;
mod current_tier;
mod entries;
mod failures;
mod hold_lines;
mod holds;
mod identities;
mod learn;
mod lines;
mod names;
mod read_customers;
mod read_entries;
mod read_holds;
mod read_moved;
mod read_names;
mod read_programme;
mod read_reservations;
mod read_reserved;
mod read_sums;
mod read_tier_changes;
mod read_wallets;
mod tier_changes;
mod write_customers;

pub use entries::NewEntry;
pub use identities::Identities;
pub(crate) use identities::UnionPage;
pub use learn::{LearntReward, LearntTier};
pub use lines::NewLine;
pub use names::Names;
pub(crate) use read_customers::Named;
pub use read_customers::{CurrentTier, CustomerCursor, CustomerFilter, CustomerRecord};
pub use read_entries::{HistoryCursor, HistoryEntryRecord, HistoryFilter};
pub use read_holds::OldestHold;
pub use read_moved::MovedRecord;
pub use read_names::{RewardRecord, TierRecord};
pub use read_programme::{Activity, TierShare};
pub use read_reservations::ReservationRecord;
pub use read_reserved::{Moment, Reserved};
pub use read_sums::{Interval, Movements};
pub use read_tier_changes::{TierChangeRecord, TierStep};
pub use read_wallets::BalanceRecord;
pub use write_customers::{BalanceLine, CustomerUpdate, Profile, WalletSnapshot};
