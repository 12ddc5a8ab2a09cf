//! Tokens of our own making: an API key with the scope `admin` has them issued.

use std::time::Duration;

use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use laurel_store::{Error, Source};
use serde::{Deserialize, Serialize};

use super::{Bearer, Invalid, Issued, Tokens};

/// Who issues them.
pub(super) const ISSUER: &str = crate::TOKEN_ISSUER;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    /// The source.
    aud: String,
    /// The brand's own id of the customer.
    sub: String,
    /// Seconds since 1970, as all times of these tokens.
    iat: i64,
    exp: i64,
}

pub(super) async fn issue(
    tokens: &Tokens,
    bearer: &Bearer,
    ttl: Duration,
) -> Result<Issued, Error> {
    let keys = tokens.keyring.keys().await?;
    let key = keys
        .first()
        .ok_or_else(|| Error::Corrupt("no key for customer tokens".to_owned()))?;
    let now = tokens.store.clock().now();
    // A token ends with a whole second, and what is told of its end is true.
    let exp = now.saturating_add(ttl).micros().div_euclid(1_000_000);
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: bearer.source.as_str().to_owned(),
        sub: bearer.customer.to_string(),
        iat: now.micros().div_euclid(1_000_000),
        exp,
    };
    let header = Header {
        kid: Some(key.id.clone()),
        ..Header::new(Algorithm::EdDSA)
    };
    let token = encode(&header, &claims, &key.signs);
    Ok(Issued {
        token: token
            .map_err(|error| Error::Corrupt(format!("a customer token was not made: {error}")))?,
        expires_at: laurel_payloads::Timestamp::from_micros(exp.saturating_mul(1_000_000)),
    })
}

pub(super) async fn open(
    tokens: &Tokens,
    token: &str,
    header: &Header,
) -> Result<Result<Bearer, Invalid>, Error> {
    if header.alg != Algorithm::EdDSA {
        return Ok(Err(Invalid::Algorithm));
    }
    let Some(name) = &header.kid else {
        return Ok(Err(Invalid::Key));
    };
    let Some(key) = tokens.keyring.verifies(name).await? else {
        return Ok(Err(Invalid::Key));
    };
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.set_issuer(&[ISSUER]);
    // The audience is the source that the token opens, whichever that is; the time is our clock's.
    (validation.validate_aud, validation.validate_exp) = (false, false);
    let claims = match decode::<Claims>(token, &key, &validation) {
        Ok(data) => data.claims,
        Err(error) => return Ok(Err(Invalid::Claims(error))),
    };
    let now = tokens.store.clock().now().micros().div_euclid(1_000_000);
    if claims.exp <= now {
        return Ok(Err(Invalid::Expired));
    }
    let (source, customer) = (Source::new(&claims.aud), claims.sub.parse());
    let (Ok(source), Ok(customer)) = (source, customer) else {
        return Ok(Err(Invalid::Customer));
    };
    Ok(Ok(Bearer { source, customer }))
}
