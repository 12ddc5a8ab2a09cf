//! Values that are never printed: a secret shows as `*`, an address with a password without it.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// A password, token or key. Prints as `*`, wherever it is printed.
///
/// ```
/// use laurel_settings::Secret;
///
/// let key = Secret::from("correct horse battery staple".to_owned());
/// assert_eq!(format!("{key:?}"), "*");
/// assert_eq!(key.expose(), "correct horse battery staple");
/// ```
#[derive(Clone, Deserialize)]
pub struct Secret(SecretString);

impl Secret {
    /// The value itself, for the one place that compares or sends it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("*")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("*")
    }
}

impl JsonSchema for Secret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "writeOnly": true })
    }
}

/// A URL that may carry a password (a database, a mail relay). Prints with the password as `*`.
///
/// ```
/// use laurel_settings::Address;
///
/// let relay = Address::from("smtp://club:sesame@relay:587".to_owned());
/// assert!(relay.has_password());
/// assert_eq!(relay.to_string(), "smtp://club:*@relay:587");
/// ```
#[derive(Clone, Deserialize)]
pub struct Address(SecretString);

impl Address {
    /// The whole URL, password included.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether the URL carries a password.
    pub fn has_password(&self) -> bool {
        redact(self.expose()) != self.expose()
    }
}

impl From<String> for Address {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(self.expose()))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Address {
    fn schema_name() -> Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uri" })
    }
}

/// The URL with its password, and any query value that may be one, as `*`.
///
/// The user part ends at the last `@`: whoever forgot to percent-encode an `@` or a `/` in a
/// password must not read it in a log.
fn redact(url: &str) -> String {
    let (scheme, rest) = url
        .split_once("://")
        .map_or(("", url), |(scheme, rest)| (scheme, rest));
    let (rest, query) = rest
        .split_once('?')
        .map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:*@{host}"),
            None => format!("{user}@{host}"),
        },
        None => rest.to_owned(),
    };
    let separator = if scheme.is_empty() { "" } else { "://" };
    let query = query
        .map(|query| format!("?{}", redact_query(query)))
        .unwrap_or_default();
    format!("{scheme}{separator}{rest}{query}")
}

fn redact_query(query: &str) -> String {
    let hide = |pair: &str| match pair.split_once('=') {
        Some((key, _)) if key.to_ascii_lowercase().contains("pass") => format!("{key}=*"),
        _ => pair.to_owned(),
    };
    query.split('&').map(hide).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_an_address_is_not_printed() {
        let shown = |url: &str| Address::from(url.to_owned()).to_string();
        assert_eq!(
            shown("postgres://ana:s3cret@db:5432/laurel"),
            "postgres://ana:*@db:5432/laurel"
        );
        assert_eq!(
            shown("smtp://club%40x.co:p@ss/word@relay:587"),
            "smtp://club%40x.co:*@relay:587"
        );
        assert_eq!(
            shown("postgres://db/laurel?user=a&password=b&x=1"),
            "postgres://db/laurel?user=a&password=*&x=1"
        );
        assert_eq!(shown("sqlite://laurel.db"), "sqlite://laurel.db");
    }

    #[test]
    fn a_secret_prints_as_a_star() {
        let secret = Secret::from("correct horse battery staple".to_owned());
        assert_eq!(format!("{secret:?}"), "*");
        assert_eq!(serde_json::to_string(&secret).expect("a string"), "\"*\"");
    }
}
