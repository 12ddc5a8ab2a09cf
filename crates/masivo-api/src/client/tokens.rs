//! The token that an API key is exchanged for: valid one hour, renewed a little before, and once for all who wait.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::header::HeaderValue;
use laurel_payloads::Timestamp;
use tokio::sync::Mutex;

use super::error::Failed;

/// How long a token is used: its hour, less what clocks and slow answers may take.
const USED_FOR: Duration = Duration::from_mins(55);

/// A token as the header takes it; never shown.
#[derive(Debug, Clone)]
pub(super) struct Token {
    /// `Bearer …`, marked as sensitive.
    pub(super) header: HeaderValue,
    pub(super) renewal: Renewal,
    pub(super) since: Timestamp,
}

/// Which exchange of the key a token came of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Renewal(u64);

#[derive(Debug, Default)]
pub(super) struct Tokens {
    /// How many exchanges have ended, one way or the other.
    ended: AtomicU64,
    last: Mutex<Option<Result<Token, Failed>>>,
}

impl Tokens {
    /// The token that is valid now and was not refused; `exchange` makes one where there is none.
    ///
    /// Who waits while another renews takes what comes of it, a failure included: a key is exchanged once for all.
    pub(super) async fn valid(
        &self,
        now: Timestamp,
        refused: Option<Renewal>,
        exchange: impl AsyncFnOnce() -> Result<HeaderValue, Failed>,
    ) -> Result<Token, Failed> {
        let asked = self.ended.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        let ended = self.ended.load(Ordering::Acquire);
        match &*last {
            Some(Ok(token)) if refused != Some(token.renewal) && is_fresh(token, now) => {
                return Ok(token.clone());
            }
            Some(Err(failed)) if ended > asked => return Err(failed.clone()),
            _ => {}
        }
        let exchanged = exchange().await.map(|header| Token {
            header,
            renewal: Renewal(ended + 1),
            since: now,
        });
        *last = Some(exchanged.clone());
        self.ended.store(ended + 1, Ordering::Release);
        exchanged
    }
}

fn is_fresh(token: &Token, now: Timestamp) -> bool {
    now < token.since.saturating_add(USED_FOR)
}
