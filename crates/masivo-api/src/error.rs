//! Why something could not be brought in or compared.

use laurel_dispatch::AppendError;
use laurel_payloads::CustomerId;

use crate::InvalidSettings;
use crate::client::ApiError;

/// A failure of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Masivo did not answer.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The database did not.
    #[error(transparent)]
    Store(#[from] laurel_store::Error),
    /// What Masivo told cannot be kept.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The configuration will not do.
    #[error(transparent)]
    Settings(#[from] InvalidSettings),
    /// The command line names what is not configured, or nothing is.
    #[error("{0}")]
    Usage(String),
    /// Masivo knows nobody of this id.
    #[error("Masivo knows no customer {0}")]
    Unknown(CustomerId),
    /// A file, or standard output, will not do.
    #[error("{0}: {1}")]
    Io(String, #[source] std::io::Error),
    /// What webhooks have told is not in the histories yet, so that it would be brought in once more.
    #[error(
        "the histories are {pending} events behind, and {dead} could not be entered: wait, or see `laurel dead-letters`, \
         and run this again"
    )]
    Behind {
        /// Events that wait.
        pending: i64,
        /// Events that were given up.
        dead: i64,
    },
}

impl Error {
    /// Whether the next customer would fare no better.
    pub(crate) fn is_general(&self) -> bool {
        match self {
            Self::Api(error) => error.is_general(),
            Self::Append(AppendError::Unreadable { .. }) | Self::Unknown(_) => false,
            _ => true,
        }
    }
}
