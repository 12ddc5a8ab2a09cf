//! A certificate and its key, as they lie in their files, and what becomes of them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use laurel_payloads::Timestamp;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{InconsistentKeys, ServerConfig};

/// HTTP/2 is not offered: intake gains nothing by it, and has its attacks to fear.
const PROTOCOL: &[u8] = b"http/1.1";

/// A certificate or a key that cannot be served with.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// A file cannot be read.
    #[error("{what}: {} cannot be read: {source}", path.display())]
    Unreadable {
        /// `certificate` or `key`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file is not a chain of certificates.
    #[error("certificate: {} holds no certificate in PEM", .0.display())]
    NoCertificate(PathBuf),
    /// The file is not a key, or one that needs a password.
    #[error("key: {} holds no private key in PEM; one that is encrypted cannot be used", .0.display())]
    NoKey(PathBuf),
    /// The key belongs to another certificate.
    #[error("key: {} is not the key of the first certificate in {}", key.display(), certificate.display())]
    NoPair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// TLS cannot be served with them.
    #[error("certificate: {} cannot be used: {problem}", path.display())]
    Refused {
        /// The certificate's file.
        path: PathBuf,
        /// Why not.
        problem: String,
    },
}

/// Where a pair lies.
#[derive(Clone, Debug)]
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What the files held when they were read.
#[derive(PartialEq, Eq)]
pub(super) struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// What is served with.
pub(super) struct Pair {
    pub(super) config: Arc<ServerConfig>,
    /// When the first of the chain runs out.
    pub(super) expires: Timestamp,
}

impl Files {
    pub(super) fn new(certificate: &Path, key: &Path) -> Self {
        Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        }
    }
}

impl Contents {
    pub(super) fn read(files: &Files) -> Result<Self, Unusable> {
        let read = |what, path: &Path| {
            std::fs::read(path).map_err(|source| Unusable::Unreadable {
                what,
                path: path.to_owned(),
                source,
            })
        };
        Ok(Self {
            certificate: read("certificate", &files.certificate)?,
            key: read("key", &files.key)?,
        })
    }

    pub(super) fn pair(&self, files: &Files) -> Result<Pair, Unusable> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.certificate).collect();
        let chain = chain.unwrap_or_default();
        if chain.is_empty() {
            return Err(Unusable::NoCertificate(files.certificate.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.key);
        let key = key.map_err(|_| Unusable::NoKey(files.key.clone()))?;
        let refused = |problem: String| Unusable::Refused {
            path: files.certificate.clone(),
            problem,
        };
        let expires = expires(&chain).ok_or_else(|| refused("it is no certificate".to_owned()))?;
        let config = config(chain, key).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Unusable::NoPair {
                certificate: files.certificate.clone(),
                key: files.key.clone(),
            },
            error => refused(error.to_string()),
        })?;
        Ok(Pair { config, expires })
    }
}

fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let mut config = builder
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    Ok(Arc::new(config))
}

/// When the first certificate of the chain runs out: without it the others are of no use.
fn expires(chain: &[CertificateDer<'_>]) -> Option<Timestamp> {
    let ends = chain.iter().map(|certificate| {
        let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
        let seconds = certificate.validity().not_after.timestamp();
        Some(Timestamp::from_micros(seconds.saturating_mul(1_000_000)))
    });
    ends.collect::<Option<Vec<_>>>()?.into_iter().min()
}
