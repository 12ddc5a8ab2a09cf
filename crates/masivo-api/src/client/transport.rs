//! One exchange over HTTP: a question and its whole answer, each step under its time-out, nothing followed or repeated.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::timeout;

use super::ApiError;
use super::error::Failed;
use crate::settings::{Account, InvalidSettings};

/// Connections that are not needed for a while are closed.
const IDLE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Transport {
    http: Pooled<HttpsConnector<HttpConnector>, Empty<Bytes>>,
    base: String,
    answer_timeout: Duration,
    body_timeout: Duration,
    max_body: usize,
}

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Transport {
    pub(super) fn new(name: &str, account: &Account) -> Result<Self, InvalidSettings> {
        let base = account.base(name)?;
        let tls = tls().map_err(|error| InvalidSettings::new(name, ".url", &error))?;
        let mut tcp = HttpConnector::new();
        tcp.set_connect_timeout(Some(account.connect_timeout));
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let http = Pooled::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self {
            http,
            base,
            answer_timeout: account.answer_timeout,
            body_timeout: account.body_timeout,
            max_body: account.max_body,
        })
    }

    /// Asks once. `path` begins with a slash, and what is foreign in it is percent-encoded.
    pub(super) async fn get(
        &self,
        path: &str,
        credential: (HeaderName, HeaderValue),
    ) -> Result<Answer, Failed> {
        let request = Request::get(format!("{}{path}", self.base))
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("laurel/", env!("CARGO_PKG_VERSION")))
            .header(credential.0, credential.1)
            .body(Empty::new());
        let request = request.map_err(|_| ApiError::Malformed("the address".to_owned()))?;
        let unavailable = |why: &str| Failed::soon(ApiError::Unavailable(why.to_owned()));
        let response = timeout(self.answer_timeout, self.http.request(request)).await;
        let response = response.map_err(|_| unavailable("no answer in time"))?;
        let response = response.map_err(|error| unavailable(broken(&error)))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, self.max_body).collect();
        let body = timeout(self.body_timeout, body).await;
        let body = body.map_err(|_| unavailable("the answer did not end in time"))?;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                ApiError::TooLong(self.max_body).into()
            } else {
                unavailable("the connection broke within the answer")
            }
        })?;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
        })
    }
}

fn broken(error: &hyper_util::client::legacy::Error) -> &'static str {
    if error.is_connect() {
        "no connection"
    } else {
        "the connection broke before an answer"
    }
}

fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let roots: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
