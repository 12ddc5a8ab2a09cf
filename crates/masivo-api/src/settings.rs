//! The section `[extensions.masivo_api]`: whose API to ask, with which key, and how politely.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use hyper::Uri;
use laurel_settings::{Address, Secret, duration};
use laurel_store::Source;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is configured. Without an account nothing is done.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(rename = "MasivoApi")]
pub struct Settings {
    /// The accounts at Masivo, each under the name of the source that its webhooks come through.
    pub accounts: BTreeMap<String, Account>,
}

/// One account at Masivo.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MasivoAccount")]
pub struct Account {
    /// The API's base address, such as `https://app.masivo.ai/api/storefront/v1`. Plain `http://` is for loopback only.
    pub url: Address,
    /// The API key of the account.
    pub api_key: Secret,
    /// Whether customers whose profile or address is unknown are looked up.
    #[serde(default = "yes")]
    pub enrich: bool,
    /// How many requests are made a minute, at most.
    #[serde(default = "a_request_a_second")]
    pub requests_per_minute: NonZeroU32,
    /// How long it may take to be connected.
    #[serde(default = "five_seconds", with = "duration")]
    #[schemars(with = "String")]
    pub connect_timeout: Duration,
    /// How long an answer may take to begin.
    #[serde(default = "half_a_minute", with = "duration")]
    #[schemars(with = "String")]
    pub answer_timeout: Duration,
    /// How long an answer may take from then to its end.
    #[serde(default = "half_a_minute", with = "duration")]
    #[schemars(with = "String")]
    pub body_timeout: Duration,
    /// How long an answer may be, in bytes.
    #[serde(default = "eight_mebibytes")]
    pub max_body: usize,
    /// The longest wait that Masivo may ask for (`Retry-After`) before it counts as a refusal to be taken up again later.
    #[serde(default = "a_minute", with = "duration")]
    #[schemars(with = "String")]
    pub patience: Duration,
}

fn yes() -> bool {
    true
}

fn a_request_a_second() -> NonZeroU32 {
    const { NonZeroU32::new(60).expect("more than none") }
}

fn five_seconds() -> Duration {
    Duration::from_secs(5)
}

fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

fn a_minute() -> Duration {
    Duration::from_mins(1)
}

fn eight_mebibytes() -> usize {
    8 << 20
}

/// Why an account cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("extensions.masivo_api.accounts.{account}{key}: {problem}")]
pub struct InvalidSettings {
    account: String,
    key: &'static str,
    problem: String,
}

impl InvalidSettings {
    pub(crate) fn new(account: &str, key: &'static str, problem: &dyn std::fmt::Display) -> Self {
        Self {
            account: account.chars().take(80).collect(),
            key,
            problem: problem.to_string(),
        }
    }
}

impl Settings {
    /// The accounts by their sources.
    pub(crate) fn by_source(
        &self,
    ) -> impl Iterator<Item = Result<(Source, &Account), InvalidSettings>> {
        self.accounts.iter().map(|(name, account)| {
            let source =
                Source::new(name).map_err(|error| InvalidSettings::new(name, "", &error))?;
            Ok((source, account))
        })
    }
}

impl Account {
    /// An account with everything else as it is by default.
    pub fn new(url: impl Into<String>, api_key: impl Into<String>) -> Self {
        Self {
            url: Address::from(url.into()),
            api_key: Secret::from(api_key.into()),
            enrich: yes(),
            requests_per_minute: a_request_a_second(),
            connect_timeout: five_seconds(),
            answer_timeout: half_a_minute(),
            body_timeout: half_a_minute(),
            max_body: eight_mebibytes(),
            patience: a_minute(),
        }
    }

    /// The base address without a slash at its end.
    pub(crate) fn base(&self, name: &str) -> Result<String, InvalidSettings> {
        let refuse = |problem: &str| InvalidSettings::new(name, ".url", &problem);
        let text = self.url.expose().trim_end_matches('/');
        let uri: Uri = text.parse().map_err(|_| refuse("not a URL"))?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') || uri.query().is_some() {
            return Err(refuse("neither a password nor a query belongs there"));
        }
        match (uri.scheme_str(), uri.host()) {
            (Some("https"), Some(_)) => Ok(text.to_owned()),
            (Some("http"), Some(host)) if is_loopback(host) => Ok(text.to_owned()),
            (Some("http"), Some(_)) => Err(refuse(
                "the key and every profile would travel unencrypted; write https://",
            )),
            _ => Err(refuse("a URL begins with https://")),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_address_is_https_or_loopback() {
        let base = |url: &str| Account::new(url, "key").base("masivo").ok();
        for (url, expected) in [
            ("https://app.masivo.ai/api/storefront/v1/", true),
            ("http://127.0.0.1:8081/v1", true),
            ("http://[::1]:8081", true),
            ("http://localhost", true),
            ("http://app.masivo.ai/api", false),
            ("https://me:secret@app.masivo.ai", false),
            ("https://app.masivo.ai/?key=1", false),
            ("ftp://app.masivo.ai", false),
            ("app.masivo.ai", false),
            ("", false),
        ] {
            assert_eq!(base(url).is_some(), expected, "{url}");
        }
        assert_eq!(
            base("https://a.b/v1//").as_deref(),
            Some("https://a.b/v1"),
            "no slash at its end"
        );
    }

    #[test]
    fn the_key_is_never_shown_and_unknown_keys_are_refused() {
        let text = r#"{"accounts":{"masivo":{"url":"https://a.b","api_key":"s3cret-key","patience":"2m"}}}"#;
        let settings: Settings = serde_json::from_str(text).expect("settings");
        assert_eq!(settings.accounts["masivo"].patience, Duration::from_mins(2));
        let shown = format!(
            "{settings:?} {}",
            serde_json::to_string(&settings).expect("text")
        );
        assert!(!shown.contains("s3cret"), "{shown}");
        let unknown = text.replace("patience", "patients");
        assert!(serde_json::from_str::<Settings>(&unknown).is_err());
    }
}
