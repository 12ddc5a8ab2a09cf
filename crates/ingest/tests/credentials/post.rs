//! A request to be, shown to one verifier or posted to a router.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use laurel_ingest::{Proof, Refusal, Unverified, Verifier};
use laurel_payloads::Timestamp;
use ring::hmac;

/// What a test's clock shows, in seconds since 1970: 2026-03-01T12:00:00Z.
pub(crate) const NOW: i64 = 1_772_366_400;

pub(crate) const BODY: &str =
    r#"{"event":"COUPON_REDEMPTION","data":{"customer_id":"ana-0042","code":"A-1"}}"#;

#[derive(Clone)]
pub(crate) struct Post {
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    body: Bytes,
    peer: Option<IpAddr>,
    now: i64,
}

impl Post {
    /// A webhook without any credential.
    pub(crate) fn new() -> Self {
        let headers = [(
            HeaderName::from_static("content-type"),
            HeaderValue::from_static("application/json"),
        )];
        Self {
            path: String::new(),
            query: None,
            headers: HeaderMap::from_iter(headers),
            body: Bytes::from_static(BODY.as_bytes()),
            peer: None,
            now: NOW,
        }
    }

    pub(crate) fn token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.path);
        self
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        self.query = Some(query.to_owned());
        self
    }

    /// One more header.
    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let name: HeaderName = name.parse().unwrap();
        let value = HeaderValue::from_bytes(value.as_ref()).unwrap();
        self.headers.append(name, value);
        self
    }

    pub(crate) fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Bytes::copy_from_slice(body.as_ref());
        self
    }

    pub(crate) fn from(mut self, peer: &str) -> Self {
        self.peer = Some(peer.parse().unwrap());
        self
    }

    /// Received so many seconds after 1970.
    pub(crate) fn at(mut self, seconds: i64) -> Self {
        self.now = seconds;
        self
    }

    /// Signed as Standard Webhooks signs (`v1`), under a family of header names.
    pub(crate) fn signed(self, family: &str, secret: &str, id: &str, timestamp: &str) -> Self {
        let signature = v1(secret, id, timestamp, &self.body);
        self.header(&format!("{family}-id"), id)
            .header(&format!("{family}-timestamp"), timestamp)
            .header(&format!("{family}-signature"), signature)
    }

    /// What a verifier says, with the peer as the address.
    pub(crate) fn shown_to(&self, verifier: &dyn Verifier) -> Result<Proof, Refusal> {
        let head = Unverified {
            path_token: (!self.path.is_empty()).then_some(self.path.as_str()),
            query: self.query.as_deref(),
            headers: &self.headers,
            address: self.peer,
            now: Timestamp::from_micros(self.now * 1_000_000),
        };
        verifier.verify(&head)?.on(&self.body)
    }

    /// The place of the secret that a verifier found to fit.
    pub(crate) fn secret_for(&self, verifier: &dyn Verifier) -> Result<usize, Refusal> {
        self.shown_to(verifier).map(|proof| proof.secret)
    }

    pub(crate) fn to(&self, source: &str) -> Request<Body> {
        let mut uri = format!("/webhooks/{source}");
        if !self.path.is_empty() {
            uri = format!("{uri}/{}", self.path);
        }
        if let Some(query) = &self.query {
            uri = format!("{uri}?{query}");
        }
        let mut request = Request::post(uri)
            .body(Body::from(self.body.clone()))
            .unwrap();
        *request.headers_mut() = self.headers.clone();
        if let Some(peer) = self.peer {
            let peer = ConnectInfo(SocketAddr::new(peer, 4711));
            request.extensions_mut().insert(peer);
        }
        request
    }
}

/// A signature as Standard Webhooks writes it.
pub(crate) fn v1(secret: &str, id: &str, timestamp: &str, body: &[u8]) -> String {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let content = [id.as_bytes(), timestamp.as_bytes(), body].join(&b'.');
    format!(
        "v1,{}",
        STANDARD.encode(mac(hmac::HMAC_SHA256, &key, &content))
    )
}

pub(crate) fn mac(algorithm: hmac::Algorithm, key: &[u8], content: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(algorithm, key);
    hmac::sign(&key, content).as_ref().to_vec()
}
