//! What an operator may set about the API, with the defaults that hold without a word.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderValue;
use tokio_util::sync::CancellationToken;

use crate::{IdentityProvider, Readers, Sockets, TrustedDocuments};

/// The settings of the GraphQL API. `Settings::default()` is what the design asks for.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_graphql::Settings;
///
/// let mut settings = Settings { deadline: Duration::from_secs(2), ..Settings::default() };
/// settings.share.at_once = 8;
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest request body, in bytes; a longer one is answered 413.
    pub max_body: usize,
    /// How long a request body may take to arrive; then 408.
    pub body_deadline: Duration,
    /// How long an answer may take to make; then 503.
    pub deadline: Duration,
    /// How much one token may ask for at a time.
    pub share: Share,
    /// What a single query may ask for.
    pub limits: Limits,
    /// How many follow what happens, and for how long they may be silent.
    pub sockets: Sockets,
    /// Ends every WebSocket, politely, when the server is to stop.
    pub stop: CancellationToken,
    /// The tokens that are issued for customers.
    pub customer_tokens: CustomerTokens,
    /// The identity providers whose tokens are customer tokens, too.
    pub providers: Vec<IdentityProvider>,
    /// The operations that customer tokens may run; where there are none, they may run any that they can see.
    pub documents: Option<TrustedDocuments>,
    /// Whether API keys may ask for the schema. Customer tokens never may.
    pub introspection: bool,
    /// The origins of web pages that may ask from a browser, such as `https://app.example.com`; none without a word.
    pub cors_origins: Vec<HeaderValue>,
    /// What reads the bodies of sources of another format than Masivo's, for events that are replayed.
    pub readers: Readers,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max_body: 64 * 1024,
            body_deadline: Duration::from_secs(30),
            deadline: Duration::from_secs(5),
            share: Share::default(),
            limits: Limits::default(),
            sockets: Sockets::default(),
            stop: CancellationToken::new(),
            customer_tokens: CustomerTokens::default(),
            providers: Vec::new(),
            documents: None,
            introspection: true,
            cors_origins: Vec::new(),
            readers: Readers::default(),
        }
    }
}

/// How long the tokens that are issued for customers are good for.
#[derive(Clone, Debug)]
pub struct CustomerTokens {
    /// Where nothing is said.
    pub ttl: Duration,
    /// At most.
    pub max_ttl: Duration,
}

impl CustomerTokens {
    /// How long a signing key verifies after another took its place: until the last token has ended that it may have
    /// signed, by a copy, too, that had not heard of it yet.
    #[must_use]
    pub fn overlap(&self) -> Duration {
        self.max_ttl.saturating_add(crate::tokens::KEPT)
    }
}

impl Default for CustomerTokens {
    fn default() -> Self {
        Self {
            ttl: Duration::from_mins(15),
            max_ttl: Duration::from_hours(1),
        }
    }
}

/// What one token, a key's or a customer's, may ask for: what goes beyond is answered 429.
///
/// ```
/// use std::num::NonZeroU32;
///
/// use laurel_graphql::Share;
///
/// let share = Share { cost_per_minute: NonZeroU32::new(10_000), ..Share::default() };
/// assert_eq!((share.at_once, share.waiting), (4, 64));
/// ```
#[derive(Clone, Debug)]
pub struct Share {
    /// Requests of one token that run at a time.
    pub at_once: usize,
    /// Requests of one token that may wait for their turn.
    pub waiting: usize,
    /// How long a request waits for its turn.
    pub patience: Duration,
    /// Cost that one token may spend in a minute; as much as it likes where nothing is said.
    pub cost_per_minute: Option<NonZeroU32>,
}

impl Default for Share {
    fn default() -> Self {
        Self {
            at_once: 4,
            waiting: 64,
            patience: Duration::from_secs(1),
            cost_per_minute: None,
        }
    }
}

/// The bounds of a single query, checked before any of it runs.
///
/// ```
/// use laurel_graphql::Limits;
///
/// let limits = Limits { depth: 8, ..Limits::default() };
/// assert_eq!(limits.page, 100);
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of query text.
    pub bytes: usize,
    /// Tokens of query text; comments count for nothing.
    pub tokens: usize,
    /// Brackets of any kind inside one another, in the query or in a variable. The parser recurses on them, and its stack
    /// is finite.
    pub brackets: usize,
    /// Selections after every fragment spread is replaced by what it spreads.
    pub selections: usize,
    /// Fields inside one another. The usual introspection query is 15 deep.
    pub depth: usize,
    /// Fields side by side at the root of an operation.
    pub root_fields: usize,
    /// Fields side by side anywhere else.
    pub siblings: usize,
    /// Aliases in an operation, fragments replaced.
    pub aliases: usize,
    /// Directives in one place.
    pub directives: usize,
    /// `__schema` and `__type` in an operation.
    pub introspections: usize,
    /// Selections of each of those, as many times as the lists they stand in have items, for one type. The usual
    /// introspection query has about 1,300.
    pub introspection: usize,
    /// The cost of an operation: its fields, weighed by how many times a page's size repeats them.
    pub complexity: usize,
    /// The largest `first` or `last`.
    pub page: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 64 * 1024,
            tokens: 4_096,
            brackets: 32,
            selections: 2_000,
            depth: 16,
            root_fields: 50,
            siblings: 100,
            aliases: 50,
            directives: 8,
            introspections: 4,
            introspection: 2_000,
            complexity: 20_000,
            page: crate::MAX_PAGE,
        }
    }
}
