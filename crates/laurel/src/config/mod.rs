//! The configuration: what can be set, where it comes from, and what is refused.
//!
//! Built-in defaults give way to `laurel.toml`, and that to `LAUREL__SECTION__KEY` in the
//! environment. A mistake is one message that names its place, and stops the start.

mod access;
mod auth;
mod brand;
mod checks;
mod credentials;
mod database;
mod dkim;
mod email;
mod environment;
mod error;
mod fault;
mod file;
mod foreign;
mod graphql;
mod http;
mod identities;
mod load;
mod log;
mod network;
mod sources;
mod workers;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use laurel_settings::duration;
pub use laurel_settings::{Address, Secret};

pub use self::access::{CustomerTokens, Identity, Origin, SigningAlgorithm};
pub use self::auth::{Algorithm, Auth, AuthKind, Encoding, Header};
pub use self::brand::Brand;
pub use self::database::Database;
pub use self::dkim::{Dkim, DkimKey};
pub use self::email::{Email, FileTransport, Smtp, Transport};
pub use self::error::ConfigError;
pub(crate) use self::foreign::{Credential, EXTENSIONS, Foreign};
pub use self::graphql::GraphQl;
pub use self::http::{Admin, Http, Ingest, Tls};
pub use self::load::Loaded;
pub use self::log::{Log, LogFormat};
pub use self::network::Network;
pub(crate) use self::sources::MASIVO;
pub use self::sources::{RateLimit, Source};
pub use self::workers::Workers;

/// Everything that can be configured; a section that is left out has its defaults.
///
/// ```
/// use laurel::config::Config;
///
/// let config = Config::default();
/// assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
/// assert!(config.sources.is_empty());
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where events and read models are kept.
    pub database: Database,
    /// The listener for webhooks, the API and the pages in mails.
    pub http: Http,
    /// The operator's listener: `/livez`, `/readyz`, `/metrics`.
    pub admin: Admin,
    /// The accounts that may post webhooks, by name; each is a tenant of its own.
    pub sources: BTreeMap<String, Source>,
    /// Limits of the intake.
    pub ingest: Ingest,
    /// Limits of the API.
    pub graphql: GraphQl,
    /// Those who handle events and send mail.
    pub workers: Workers,
    /// How customers are written to; without this section nobody is.
    pub email: Email,
    /// What is logged, and how.
    pub log: Log,
}
