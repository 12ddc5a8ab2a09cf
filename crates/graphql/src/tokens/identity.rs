//! Tokens of a brand's own identity provider: whoever it has signed in is the customer that its token names.

use std::fmt;
use std::time::Duration;

use jsonwebtoken::dangerous::insecure_decode_claims;
use jsonwebtoken::{Header, Validation, decode};
use laurel_payloads::{CustomerId, Timestamp};
use laurel_store::Source;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::key_set::KeySet;
use super::{Bearer, Invalid};

/// A brand's identity provider, whose tokens open the customers of one source.
#[derive(Clone, Debug)]
pub struct IdentityProvider {
    /// Whose customers its tokens name.
    pub source: Source,
    /// The claim `iss` of its tokens, to the letter.
    pub issuer: String,
    /// What the claim `aud` of its tokens must hold.
    pub audience: String,
    /// How its tokens may be signed; nothing else is taken, whatever a token says.
    pub algorithms: Vec<TokenAlgorithm>,
    /// The claim that holds the brand's own id of the customer.
    pub claim: String,
    /// How far its clock may be from ours.
    pub leeway: Duration,
    /// Its public keys.
    pub keys: KeySet,
}

/// How tokens may be signed: with keys that only the signer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA over P-256, with SHA-256.
    Es256,
    /// RSA (PKCS #1 v1.5) of 2048 bits or more, with SHA-256.
    Rs256,
}

impl TokenAlgorithm {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    pub(super) fn of(algorithm: jsonwebtoken::Algorithm) -> Option<Self> {
        match algorithm {
            jsonwebtoken::Algorithm::EdDSA => Some(Self::EdDsa),
            jsonwebtoken::Algorithm::ES256 => Some(Self::Es256),
            jsonwebtoken::Algorithm::RS256 => Some(Self::Rs256),
            _ => None,
        }
    }
}

impl fmt::Display for TokenAlgorithm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        })
    }
}

/// What a token says of its issuer, before anything is known to be true.
#[derive(Deserialize)]
struct Unverified {
    iss: Option<Value>,
}

/// Who claims to have issued a token.
pub(super) fn issuer(token: &str) -> Result<String, Invalid> {
    let claims = insecure_decode_claims::<Unverified>(token).map_err(Invalid::Malformed)?;
    match claims.iss {
        Some(Value::String(issuer)) => Ok(issuer),
        _ => Err(Invalid::Issuer),
    }
}

impl IdentityProvider {
    /// Whom a token names, where this provider has issued it for us and it is still good.
    pub(super) async fn open(
        &self,
        token: &str,
        header: &Header,
        now: Timestamp,
    ) -> Result<Bearer, Invalid> {
        let algorithm = TokenAlgorithm::of(header.alg);
        let algorithm = algorithm.filter(|one| self.algorithms.contains(one));
        let algorithm = algorithm.ok_or(Invalid::Algorithm)?;
        let keys = self.keys.at(now).await;
        let key = keys.find(algorithm, header.kid.as_deref());
        let key = key.ok_or(Invalid::Key)?;
        let claims = decode::<Map<String, Value>>(token, key, &self.validation(header));
        let claims = claims.map_err(Invalid::Claims)?.claims;
        self.check_times(&claims, now)?;
        let id = match claims.get(&self.claim) {
            Some(Value::String(id)) => id.parse::<CustomerId>().ok(),
            Some(Value::Number(id)) if id.is_u64() => id.to_string().parse().ok(),
            _ => None,
        };
        Ok(Bearer {
            source: self.source.clone(),
            customer: id.ok_or(Invalid::Customer)?,
        })
    }

    fn validation(&self, header: &Header) -> Validation {
        let mut validation = Validation::new(header.alg);
        validation.set_required_spec_claims(&["iss", "aud", "exp"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        // Times are held against the store's clock.
        validation.validate_exp = false;
        validation
    }

    fn check_times(&self, claims: &Map<String, Value>, now: Timestamp) -> Result<(), Invalid> {
        let end = seconds(claims.get("exp")).ok_or(Invalid::Expired)?;
        if end.saturating_add(self.leeway) <= now {
            return Err(Invalid::Expired);
        }
        let early = |begin: Timestamp| begin.saturating_sub(self.leeway) > now;
        match claims.get("nbf") {
            None => Ok(()),
            begin => match seconds(begin) {
                Some(begin) if !early(begin) => Ok(()),
                _ => Err(Invalid::Early),
            },
        }
    }
}

/// A time as tokens have it (RFC 7519 §2): seconds since 1970, whole or not.
fn seconds(value: Option<&Value>) -> Option<Timestamp> {
    let whole = match value? {
        Value::Number(number) => number.as_i64().or_else(|| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a cast of floats saturates"
            )]
            number.as_f64().map(|seconds| seconds.floor() as i64)
        })?,
        _ => return None,
    };
    Some(Timestamp::from_micros(whole.saturating_mul(1_000_000)))
}
