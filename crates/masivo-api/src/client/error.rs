//! What can go wrong between us and Masivo. No answer of theirs is quoted: it may hold personal data.

use std::time::Duration;

use laurel_payloads::Timestamp;

/// Why Masivo's API did not answer a question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// The API key, or a token that has just been exchanged for it, is not accepted.
    #[error("Masivo does not accept the API key")]
    Unauthorized,
    /// The account's requests are used up.
    #[error("Masivo takes no more requests of this account until {until}")]
    Limited {
        /// When to come again.
        until: Timestamp,
    },
    /// No answer, or one that says that something is broken there, after several tries.
    #[error("Masivo's API is not available: {0}")]
    Unavailable(String),
    /// An answer that another try would not change.
    #[error("Masivo refused the request: status {0}")]
    Refused(u16),
    /// The answer is longer than `max_body`.
    #[error("Masivo's answer is longer than {0} bytes")]
    TooLong(usize),
    /// The answer is not what Masivo documents.
    #[error("Masivo's answer is not what is documented: {0}")]
    Malformed(String),
}

impl ApiError {
    /// Whether it concerns the account as a whole, so that the next question would fare no better.
    pub fn is_general(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized | Self::Limited { .. } | Self::Unavailable(_)
        )
    }
}

/// One try that failed, and whether to try again.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    pub(super) error: ApiError,
    pub(super) again: Again,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    Soon,
    /// Not before that much time has passed.
    After(Duration),
}

impl Failed {
    pub(super) fn soon(error: ApiError) -> Self {
        Self {
            error,
            again: Again::Soon,
        }
    }
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Self {
        Self {
            error,
            again: Again::Never,
        }
    }
}
