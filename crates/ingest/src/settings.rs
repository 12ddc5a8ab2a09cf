//! How intake works, and for whom.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use laurel_payloads::Reader;
use laurel_store::Source;

use crate::{AllowList, Verifier};

/// How intake works.
///
/// ```
/// use laurel_ingest::Settings;
///
/// let settings = Settings { writers: 4, ..Settings::default() };
/// assert_eq!(settings.max_body, 1024 * 1024);
/// assert!(settings.max_in_flight >= 2 * settings.max_body);
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    /// The largest body, in bytes.
    pub max_body: usize,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
    /// How many events may wait for the writer; one more is answered 503.
    pub queue: usize,
    /// How many bytes bodies may hold in memory, all of them together, from their first byte until they are stored; what
    /// goes beyond is answered 503. Half of it is kept for the first 4 KiB of each body, so it has to be twice `max_body`
    /// for the largest to fit.
    pub max_in_flight: usize,
    /// How many events one transaction stores at most.
    pub batch: usize,
    /// How many transactions are under way at once, at most: one on SQLite, a few on PostgreSQL.
    pub writers: usize,
    /// How long an event may take to be stored. Then it is answered 503, whatever becomes of it: sent again, it is a
    /// duplicate if it was stored after all.
    pub answer_deadline: Duration,
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
            max_in_flight: 32 << 20,
            batch: 256,
            writers: 1,
            answer_deadline: Duration::from_secs(10),
            events_per_second: None,
            trusted_proxies: Vec::new(),
        }
    }
}

/// One account whose webhooks are received.
///
/// ```
/// use std::sync::Arc;
///
/// use laurel_ingest::{AllowList, SourceSettings, TokenVerifier};
/// use laurel_store::Source;
///
/// let tokens = Arc::new(TokenVerifier::new(["wh_current", "wh_before"]));
/// let mut masivo = SourceSettings::new(Source::new("masivo")?, vec![tokens]);
/// masivo.allow = Some(AllowList::new(vec!["203.0.113.0/24".parse()?]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// How many requests are taken; as many as come unless set.
    pub rate_limit: Option<RateLimit>,
    /// What reads its bodies, where they are not Masivo's.
    pub reader: Option<Arc<dyn Reader>>,
}

/// How many requests of a source are taken. Only those count that are known to be its own.
///
/// ```
/// use std::num::NonZeroU32;
///
/// use laurel_ingest::RateLimit;
///
/// /// Ten a second, a hundred at once.
/// const LIMIT: RateLimit = RateLimit {
///     per_second: NonZeroU32::new(10).unwrap(),
///     burst: NonZeroU32::new(100).unwrap(),
/// };
/// # assert!(LIMIT.burst > LIMIT.per_second);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// In a second, over time.
    pub per_second: NonZeroU32,
    /// At once, after a pause.
    pub burst: NonZeroU32,
}

impl SourceSettings {
    /// A source that takes what any of these verifiers vouches for, from anywhere, with a duplicate window of a day.
    pub fn new(source: Source, verifiers: Vec<Arc<dyn Verifier>>) -> Self {
        Self {
            source,
            verifiers,
            allow: None,
            duplicate_window: Duration::from_hours(24),
            rate_limit: None,
            reader: None,
        }
    }
}

impl std::fmt::Debug for SourceSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SourceSettings")
            .field("source", &self.source)
            .field("duplicate_window", &self.duplicate_window)
            .field("rate_limit", &self.rate_limit)
            .finish_non_exhaustive()
    }
}
