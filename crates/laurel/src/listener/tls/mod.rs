//! TLS in front of HTTP/1.1: a certificate and its key, from files that may change while it serves.
//!
//! What is under way keeps the pair that it began with; new connections are given the newest one that could be used.

mod keeper;
mod pair;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use tokio_rustls::TlsAcceptor;

use self::pair::{Contents, Files};

pub use self::keeper::Keeper;
pub use self::pair::Unusable;

/// What new connections are answered with.
#[derive(Clone, Debug)]
pub struct Tls(Arc<RwLock<Arc<ServerConfig>>>);

impl Tls {
    fn new(config: Arc<ServerConfig>) -> Self {
        Self(Arc::new(RwLock::new(config)))
    }

    /// For one more connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let config = self.0.read().unwrap_or_else(PoisonError::into_inner);
        TlsAcceptor::from(Arc::clone(&config))
    }

    fn replace(&self, config: Arc<ServerConfig>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = config;
    }
}

/// Reads a certificate, with the chain that leads to its authority, and its key, both in PEM. The keeper sees to it that
/// newer ones are used.
///
/// # Errors
///
/// One of the files cannot be read or used, or they are not a pair. The message begins with which: `certificate` or
/// `key`.
pub fn open(certificate: &Path, key: &Path) -> Result<(Tls, Keeper), Unusable> {
    let files = Files::new(certificate, key);
    let contents = Contents::read(&files)?;
    let pair = contents.pair(&files)?;
    let tls = Tls::new(Arc::clone(&pair.config));
    Ok((tls.clone(), Keeper::new(tls, files, contents, pair.expires)))
}
