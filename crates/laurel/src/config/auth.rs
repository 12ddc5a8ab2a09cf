//! `auth` of a source: the ways in which its sender proves who it is.

use std::time::Duration;

use axum::http::HeaderName;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Network, Secret, duration};

/// How far the time of a signature may lie from now unless something else is said.
const TOLERANCE: Duration = Duration::from_mins(5);

/// One way for a sender to prove who it is. Which keys it takes depends on its kind.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// What kind of proof it is.
    pub kind: AuthKind,
    /// Short for `secrets` with one entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret>,
    /// Any one of them is valid, so that a secret can be changed without a gap; the first is the current one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Secret>,
    /// Secrets that were valid once. They are refused, and whoever still uses one shows in the log and in a metric.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Secret>,
    /// `basic`: the user's name; the secrets are the passwords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// `query`: the parameter that holds the secret; `token` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<String>,
    /// `hmac`: the header that holds the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// `hmac`: the hash function; `sha256` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<Algorithm>,
    /// `hmac`: what the signature is written in; `hex` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// `hmac`: what stands before the signature, such as `sha256=`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// `hmac`: a header with the time of signing, in seconds since 1970. What is signed is then that header's value, a
    /// full stop and the body; without it the body alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_header: Option<Header>,
    /// `hmac` with a `timestamp_header`, `standard-webhooks`: how far the time of signing may lie from now.
    #[serde(
        default = "tolerance",
        skip_serializing_if = "is_tolerance",
        with = "duration"
    )]
    #[schemars(with = "String")]
    pub tolerance: Duration,
    /// `ip`: addresses and networks that may post. Beside other kinds it is asked for as well as one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub networks: Vec<Network>,
}

fn tolerance() -> Duration {
    TOLERANCE
}

fn is_tolerance(tolerance: &Duration) -> bool {
    *tolerance == TOLERANCE
}

impl Auth {
    /// A token, and nothing else.
    pub fn with_token(token: Secret) -> Self {
        Self {
            kind: AuthKind::Token,
            token: Some(token),
            secrets: Vec::new(),
            revoked: Vec::new(),
            user: None,
            parameter: None,
            header: None,
            algorithm: None,
            encoding: None,
            prefix: None,
            timestamp_header: None,
            tolerance: TOLERANCE,
            networks: Vec::new(),
        }
    }

    /// Every secret that is valid now, the first being the current one.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.token.iter().chain(&self.secrets)
    }

    /// The first key that is set and does nothing for its kind.
    pub(super) fn misplaced(&self) -> Option<&'static str> {
        use AuthKind::{Basic, Hmac, Ip, Query, StandardWebhooks};
        let by_secret = self.kind != Ip;
        let hmac = self.kind == Hmac;
        let timed = self.timestamp_header.is_some() || self.kind == StandardWebhooks;
        let keys = [
            ("token", self.token.is_some(), by_secret),
            ("secrets", !self.secrets.is_empty(), by_secret),
            ("revoked", !self.revoked.is_empty(), by_secret),
            ("user", self.user.is_some(), self.kind == Basic),
            ("parameter", self.parameter.is_some(), self.kind == Query),
            ("header", self.header.is_some(), hmac),
            ("algorithm", self.algorithm.is_some(), hmac),
            ("encoding", self.encoding.is_some(), hmac),
            ("prefix", self.prefix.is_some(), hmac),
            ("timestamp_header", self.timestamp_header.is_some(), hmac),
            ("tolerance", !is_tolerance(&self.tolerance), timed),
            ("networks", !self.networks.is_empty(), self.kind == Ip),
        ];
        keys.into_iter()
            .find_map(|(key, is_set, counts)| (is_set && !counts).then_some(key))
    }

    /// The key that its kind cannot do without, where it is not set.
    pub(super) fn missing(&self) -> Option<&'static str> {
        match self.kind {
            AuthKind::Ip => self.networks.is_empty().then_some("networks"),
            // Its keys are the extension's, and are read by it.
            AuthKind::Extension => None,
            AuthKind::Token if self.secrets().next().is_none() => Some("token"),
            _ if self.secrets().next().is_none() => Some("secrets"),
            AuthKind::Basic => self.user.is_none().then_some("user"),
            AuthKind::Hmac => self.header.is_none().then_some("header"),
            _ => None,
        }
    }
}

/// The kinds of proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    /// A secret in the path of the URL or in the `Authorization: Bearer` header.
    Token,
    /// A secret in the query of the URL, which proxies write into their logs.
    Query,
    /// A user's name and password (HTTP Basic).
    Basic,
    /// An HMAC over the body, in a header.
    Hmac,
    /// Standard Webhooks: `whsec_…` (HMAC, `v1`) or `whpk_…` (Ed25519, `v1a`).
    StandardWebhooks,
    /// The address that it comes from.
    Ip,
    /// One that an extension brings; its name and its keys are the extension's.
    #[schemars(skip)]
    Extension,
}

impl AuthKind {
    /// The names of our own.
    pub(crate) const NAMES: [&str; 6] =
        ["token", "query", "basic", "hmac", "standard-webhooks", "ip"];
    /// What stands in the place of an extension's.
    pub(super) const EXTENSION: &str = "extension";
}

/// The hash function of an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// What an HMAC is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// Hexadecimal digits of either case.
    Hex,
    /// Base64, with padding or without.
    Base64,
}

/// A header's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Header(pub HeaderName);

impl TryFrom<String> for Header {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let name = HeaderName::try_from(name);
        name.map(Self).map_err(|_| "not the name of a header")
    }
}

impl From<Header> for String {
    fn from(Header(name): Header) -> Self {
        name.as_str().to_owned()
    }
}
