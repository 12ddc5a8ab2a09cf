//! Customer tokens: what a brand's app carries in the name of one customer of one source.

mod backend;
mod identity;
mod key_set;
mod keyring;
mod own;

use std::fmt;
use std::time::Duration;

use jsonwebtoken::Header;
use laurel_payloads::{CustomerId, Timestamp};
use laurel_store::{CustomerRecord, Error, Source, Store};

use crate::settings::CustomerTokens;
use keyring::Keyring;

pub use identity::{IdentityProvider, TokenAlgorithm};
pub use key_set::{KeySet, KeySetError};
pub(crate) use keyring::KEPT;

/// The longest token that is looked at, in bytes.
const LONGEST: usize = 4096;

/// Makes customer tokens, and opens them.
pub(crate) struct Tokens {
    store: Store,
    settings: CustomerTokens,
    providers: Vec<IdentityProvider>,
    keyring: Keyring,
}

/// A token, and when it ends.
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) expires_at: Timestamp,
}

/// Whom a token speaks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) source: Source,
    pub(crate) customer: CustomerId,
}

/// Why a token opens nothing: for our log, never for who sent it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Invalid {
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    #[error("it is no token: {0}")]
    Malformed(jsonwebtoken::errors::Error),
    #[error("it asks for an extension of the format (`crit`)")]
    Critical,
    #[error("nobody is known who issues such tokens")]
    Issuer,
    #[error("it is signed in a way that is not taken")]
    Algorithm,
    #[error("it is signed with a key that is not known")]
    Key,
    #[error("it does not hold what it should: {0}")]
    Claims(jsonwebtoken::errors::Error),
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    Early,
    #[error("it names no customer")]
    Customer,
    #[error("the customer does not take part, or is erased")]
    Standing,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tokens").finish_non_exhaustive()
    }
}

impl Tokens {
    /// Tokens that are signed with the keys in the store, or by one of these providers.
    pub(crate) fn new(
        store: &Store,
        settings: CustomerTokens,
        providers: Vec<IdentityProvider>,
    ) -> Self {
        backend::install();
        Self {
            store: store.clone(),
            keyring: Keyring::new(store.clone(), settings.overlap()),
            settings,
            providers,
        }
    }

    /// How long they are good for.
    pub(crate) fn settings(&self) -> &CustomerTokens {
        &self.settings
    }

    /// Makes a token.
    ///
    /// # Errors
    /// Those of the store, which holds the key.
    pub(crate) async fn issue(&self, bearer: &Bearer, ttl: Duration) -> Result<Issued, Error> {
        own::issue(self, bearer, ttl).await
    }

    /// Whom a token speaks for, where it is one of ours and still good.
    ///
    /// # Errors
    /// Those of the store, which holds the keys.
    pub(crate) async fn open(&self, token: &str) -> Result<Result<Bearer, Invalid>, Error> {
        if token.len() > LONGEST {
            return Ok(Err(Invalid::TooLong));
        }
        let header = match jsonwebtoken::decode_header(token) {
            Ok(header) if header.crit.is_some() => return Ok(Err(Invalid::Critical)),
            Ok(header) => header,
            Err(error) => return Ok(Err(Invalid::Malformed(error))),
        };
        match identity::issuer(token) {
            Ok(issuer) if issuer == own::ISSUER => own::open(self, token, &header).await,
            Ok(issuer) => Ok(self.open_foreign(token, &header, &issuer).await),
            Err(invalid) => Ok(Err(invalid)),
        }
    }

    /// Two sources may share a provider, with an audience for each.
    async fn open_foreign(
        &self,
        token: &str,
        header: &Header,
        issuer: &str,
    ) -> Result<Bearer, Invalid> {
        let now = self.store.clock().now();
        let mut opened = Err(Invalid::Issuer);
        for provider in self.providers.iter().filter(|one| one.issuer == issuer) {
            opened = provider.open(token, header, now).await;
            if opened.is_ok() {
                break;
            }
        }
        opened
    }
}

/// Whether a customer's tokens open anything: those of one who no longer takes part do not.
pub(crate) fn takes_part(customer: &CustomerRecord) -> bool {
    customer.status.as_deref() != Some("INACTIVE")
}
