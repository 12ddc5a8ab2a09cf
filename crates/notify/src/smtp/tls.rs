//! The TLS client: public authorities and, where the operator names one, their own.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// Why no connection could ever be encrypted.
///
/// ```
/// use laurel_notify::SmtpChannel;
/// use laurel_notify::smtp::{SmtpSettings, TlsError};
///
/// let settings = SmtpSettings {
///     ca_file: Some("/no/such/file.pem".into()),
///     ..SmtpSettings::new("smtps://relay.example".parse()?)
/// };
/// assert!(matches!(SmtpChannel::new(settings), Err(TlsError::Read { .. })));
/// # Ok::<(), laurel_notify::smtp::InvalidRelay>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The file of certificates cannot be read, or is not PEM.
    #[error("cannot read the certificates in {file}")]
    Read {
        /// The file as configured.
        file: String,
        /// What is wrong with it.
        source: rustls::pki_types::pem::Error,
    },
    /// The file holds no certificate.
    #[error("there is no certificate in {0}")]
    Empty(String),
    /// A certificate that cannot be an authority's, or a TLS library without its algorithms.
    #[error("cannot set up TLS")]
    Setup(#[from] rustls::Error),
}

/// A connector that checks the relay's certificate against the public authorities and those in `ca_file`.
pub(super) fn connector(ca_file: Option<&Path>) -> Result<TlsConnector, TlsError> {
    let mut roots: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    if let Some(path) = ca_file {
        for certificate in certificates(path)? {
            roots.add(certificate)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config).into())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let file = path.display().to_string();
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(certificates) if certificates.is_empty() => Err(TlsError::Empty(file)),
        Ok(certificates) => Ok(certificates),
        Err(source) => Err(TlsError::Read { file, source }),
    }
}
