//! Durable facts and read models; the only home of SeaORM entities and SQL.
#![doc = include_str!("../README.md")]

mod api_keys;
mod audit;
mod clock;
mod connect;
mod convert;
mod deliveries;
mod entity;
mod erasure;
mod error;
mod events;
mod feed;
mod history;
mod kept;
mod outbox;
mod page;
mod preferences;
mod routes;
mod signing_keys;
mod source;
mod sql;
mod statistics;
mod store;
mod suppressions;
mod text;

pub use api_keys::{ApiKeyRecord, KeyScope};
pub use audit::{AuditRecord, Deed};
pub use clock::{Clock, SystemClock};
pub use connect::Options;
pub use deliveries::{Backlog, DeadLetter, Delivery, DeliveryRecord, MOST_CRASHES};
pub use erasure::Erased;
pub use error::{Class, Error, Result};
pub use events::{
    Appended, Body, EventBody, EventFilter, EventHead, EventRecord, EventState, NewEvent, Outcome,
    Quarantine, Replayed,
};
pub use feed::{FeedFilter, FeedPage, FeedRecord};
pub use history::{
    Activity, BalanceLine, BalanceRecord, CurrentTier, CustomerCursor, CustomerFilter,
    CustomerRecord, CustomerUpdate, HistoryCursor, HistoryEntryRecord, HistoryFilter, Identities,
    Interval, LearntReward, LearntTier, Moment, MovedRecord, Movements, Names, NewEntry, NewLine,
    OldestHold, Profile, ReservationRecord, Reserved, RewardRecord, TierChangeRecord, TierRecord,
    TierShare, TierStep, WalletSnapshot,
};
pub use outbox::{
    Addressee, AttemptRecord, MailReport, MessageCursor, MessageRecord, MessageState, NewMessage,
    OutboxClaim, OutboxGroup, OutboxLease, OutboxOutcome, OutboxRecord, Recipient, ReportKind,
    Resend, STALE_AFTER, Settlement,
};
pub use page::{Page, PageRequest};
pub use preferences::Preferences;
pub use routes::Kinds;
pub use signing_keys::{Purpose, SigningKey};
pub use source::{InvalidSource, Source};
pub use store::{Scope, Store, Tx};
pub use suppressions::{SuppressionReason, SuppressionRecord};
