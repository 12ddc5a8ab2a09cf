//! A private certificate authority, the files of a server that it knows, and clients that trust it.

use std::path::PathBuf;
use std::sync::Arc;

use laurel::listener::tls::{self, Keeper, Tls};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    roots: Arc<RootCertStore>,
    folder: TempDir,
}

/// A certificate for `localhost` and its key, not yet in their files.
pub(crate) struct Issued {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let mut roots = RootCertStore::empty();
        let own = params.self_signed(&key).unwrap();
        roots.add(own.der().clone()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            roots: Arc::new(roots),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn issue(&self) -> Issued {
        self.issue_until(4000)
    }

    /// A certificate that ends with this year's beginning.
    pub(crate) fn issue_until(&self, year: i32) -> Issued {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued {
            certificate: certificate.der().clone(),
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
        }
    }

    /// Where the server's certificate and its key lie.
    pub(crate) fn files(&self) -> (PathBuf, PathBuf) {
        let file = |name| self.folder.path().join(name);
        (file("chain.pem"), file("key.pem"))
    }

    /// Puts both into their files.
    pub(crate) fn install(&self, issued: &Issued) {
        let (certificate, key) = self.files();
        std::fs::write(certificate, &issued.certificate_pem).unwrap();
        std::fs::write(key, &issued.key_pem).unwrap();
    }

    /// What a listener serves with, once the files are there.
    pub(crate) fn open(&self) -> (Tls, Keeper) {
        let (certificate, key) = self.files();
        tls::open(&certificate, &key).unwrap()
    }

    /// A client that offers these versions and protocols.
    pub(crate) fn client(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
    ) -> TlsConnector {
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let mut config = builder
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().into())
            .collect();
        TlsConnector::from(Arc::new(config))
    }

    /// Shakes hands over a connection, as a client does that has never been here.
    pub(crate) async fn connect(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        let client = self.client(rustls::ALL_VERSIONS, &[]);
        client.connect(localhost(), stream).await
    }
}

pub(crate) fn localhost() -> ServerName<'static> {
    ServerName::try_from("localhost").unwrap()
}

/// The certificate that the server has shown.
pub(crate) fn shown(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    let (_, session) = stream.get_ref();
    session.peer_certificates().unwrap()[0].clone().into_owned()
}
