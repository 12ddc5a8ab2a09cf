//! How intake works, and for whom.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use laurel_store::Source;

use crate::{AllowList, Verifier};

/// How intake works.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The largest body, in bytes.
    pub max_body: usize,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
    /// How many events may wait for the writer; one more is answered 503.
    pub queue: usize,
    /// How many events one transaction stores at most.
    pub batch: usize,
    /// How many transactions are under way at once: one on SQLite, a few on PostgreSQL.
    pub writers: usize,
    /// How many events are stored in a second at most; as many as can be unless set.
    pub events_per_second: Option<NonZeroU32>,
    /// Proxies of the operator's own, which are believed when they say whom they speak for (`X-Forwarded-For`).
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_body: 1 << 20,
            body_deadline: Duration::from_secs(30),
            queue: 4_096,
            batch: 256,
            writers: 1,
            events_per_second: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// One account whose webhooks are received.
#[derive(Clone)]
pub struct SourceSettings {
    /// Its name, which is in the path.
    pub source: Source,
    /// Ways to authenticate, any one of which suffices. None means that nothing is let in.
    pub verifiers: Vec<Arc<dyn Verifier>>,
    /// Where requests must come from besides, whatever vouches for them; anywhere unless set.
    pub allow: Option<AllowList>,
    /// How long equal content is the same event.
    pub duplicate_window: Duration,
}

impl std::fmt::Debug for SourceSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SourceSettings")
            .field("source", &self.source)
            .field("duplicate_window", &self.duplicate_window)
            .finish_non_exhaustive()
    }
}
