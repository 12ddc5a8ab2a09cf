//! `[http]`, `[admin]`, `[ingest]`: listeners and their limits.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Network, duration};

/// The listener for webhooks, the API and the pages that mails link to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Address and port, such as `127.0.0.1:8080` or `[::]:8080`.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// What customers and senders reach it as, for the links in mails; `listen` unless set, with `https://` where there is
    /// a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Its certificate, for TLS without a proxy. Plain HTTP unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<Tls>,
    /// Proxies of your own in front of it, which are believed when `X-Forwarded-For` says whom they speak for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trusted_proxies: Vec<Network>,
    /// Connections open at a time, in all. Fewer where the process may not open that many files.
    #[schemars(range(min = 1))]
    pub max_connections: usize,
    /// Connections open at a time from one address (IPv4) or network (IPv6, /64).
    #[schemars(range(min = 1))]
    pub max_connections_per_address: usize,
    /// Time for a connection's next request to arrive, up to the end of its head.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub header_deadline: Duration,
    /// Time for requests under way to finish when the server stops.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub drain_deadline: Duration,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: loopback(8080),
            public_url: None,
            tls: None,
            trusted_proxies: Vec::new(),
            max_connections: 4096,
            max_connections_per_address: 512,
            header_deadline: Duration::from_secs(10),
            drain_deadline: Duration::from_secs(10),
        }
    }
}

impl Http {
    /// The base of the links in mails, without a slash at its end.
    pub fn public_url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let url = self
            .public_url
            .clone()
            .unwrap_or_else(|| format!("{scheme}://{}", self.listen));
        url.trim_end_matches('/').to_owned()
    }
}

impl Http {
    /// The name in that base.
    pub fn public_host(&self) -> String {
        let url = self.public_url();
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        rest.split(['/', ':']).next().unwrap_or(rest).to_owned()
    }
}

/// A certificate and its key, in PEM files. They are looked at every few seconds, and at SIGHUP; newer ones are used
/// without a restart.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The server's certificate, followed by those that lead to its authority.
    pub certificate: PathBuf,
    /// Its private key, without a password.
    pub key: PathBuf,
}

/// The operator's listener: `/livez`, `/readyz`, `/metrics`. It asks for no credentials.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// Address and port; keep it on the operator's own network.
    #[schemars(with = "String")]
    pub listen: SocketAddr,
}

impl Default for Admin {
    fn default() -> Self {
        Self {
            listen: loopback(9090),
        }
    }
}

/// Limits of the intake.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// Largest body of a webhook, in bytes.
    #[schemars(range(min = 1))]
    pub max_body: usize,
    /// Time for a body to arrive.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub body_deadline: Duration,
    /// How many bytes bodies may hold in memory, all of them together, until they are stored; what goes beyond is answered
    /// 503. Half of it is kept for the first 4 KiB of each.
    #[schemars(range(min = 1))]
    pub max_in_flight: usize,
    /// How many events are stored in a second at most, for a database that others need, too. What comes faster waits its
    /// turn, and is answered 503 once too many wait. As many as can be, unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_per_second: Option<NonZeroU32>,
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            max_body: 1024 * 1024,
            body_deadline: Duration::from_secs(30),
            max_in_flight: 32 * 1024 * 1024,
            events_per_second: None,
        }
    }
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}
