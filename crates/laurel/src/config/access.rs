//! Who may ask the API, beside API keys: `[sources.<name>.identity]` and `[graphql.customer_tokens]`.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use laurel_graphql::TokenAlgorithm;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::duration;

/// The brand's own identity provider. Its tokens (JWT) are customer tokens: they open the customer that they name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The claim `iss` of its tokens, to the letter.
    pub issuer: String,
    /// What the claim `aud` of its tokens must hold.
    pub audience: String,
    /// Its public keys: a JSON Web Key Set in a file, which is looked at again every few seconds.
    pub jwks: PathBuf,
    /// How its tokens may be signed; a token cannot choose anything else.
    #[serde(default = "every_algorithm")]
    pub algorithms: Vec<SigningAlgorithm>,
    /// The claim that holds the brand's own id of the customer.
    #[serde(default = "subject")]
    pub claim: String,
    /// How far its clock may be from ours.
    #[serde(default = "leeway", with = "duration")]
    #[schemars(with = "String")]
    pub leeway: Duration,
}

/// How tokens may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SigningAlgorithm {
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA over P-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSA of 2048 bits or more.
    #[serde(rename = "RS256")]
    Rs256,
}

impl From<SigningAlgorithm> for TokenAlgorithm {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::EdDsa => Self::EdDsa,
            SigningAlgorithm::Es256 => Self::Es256,
            SigningAlgorithm::Rs256 => Self::Rs256,
        }
    }
}

fn every_algorithm() -> Vec<SigningAlgorithm> {
    use SigningAlgorithm::{EdDsa, Es256, Rs256};
    vec![EdDsa, Es256, Rs256]
}

fn subject() -> String {
    "sub".to_owned()
}

fn leeway() -> Duration {
    Duration::from_secs(30)
}

/// Tokens that the API issues for customers (`issueCustomerToken`).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CustomerTokens {
    /// How long they are good for, where nothing is said.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub ttl: Duration,
    /// The longest that may be asked for.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub max_ttl: Duration,
}

impl Default for CustomerTokens {
    fn default() -> Self {
        let standard = laurel_graphql::CustomerTokens::default();
        Self {
            ttl: standard.ttl,
            max_ttl: standard.max_ttl,
        }
    }
}

/// The origin of a web page: scheme, host and port, as browsers send it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Origin(String);

impl TryFrom<String> for Origin {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = url::Url::parse(&text).ok();
        let web = url.filter(|url| matches!(url.scheme(), "https" | "http"));
        // A browser sends neither a path nor the usual port, and small letters only.
        match web.map(|url| url.origin().ascii_serialization()) {
            Some(origin) if origin == text && !text.contains('*') => Ok(Self(text)),
            _ => Err("expected the origin of a web page, such as https://app.example.com"),
        }
    }
}

impl From<Origin> for String {
    fn from(Origin(text): Origin) -> Self {
        text
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
