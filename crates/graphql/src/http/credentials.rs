//! From the `Authorization` header to what it opens.

use std::sync::Arc;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use laurel_store::{Error, KeyScope};
use uuid::Uuid;

use crate::Api;
use crate::asking::{Asking, Failed, log_failure};
use crate::caller::{Caller, Viewer};
use crate::tokens::{Bearer, Invalid, takes_part};

/// Why a request is not answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Denied {
    /// It carries no credentials.
    Missing,
    /// What it carries opens nothing.
    Wrong,
    /// The store could not be asked.
    Failed(Failed),
}

/// Finds what the request's credentials open: those of an API key, or of a customer.
pub(crate) async fn check<Q>(api: &Api<Q>, headers: &HeaderMap) -> Result<Asking, Denied> {
    let request = api.store.clock().id();
    let credentials = bearer(headers)?;
    let failed = |error| Denied::Failed(log_failure(request, None, &error));
    // Three parts: a JSON Web Token. A key has one.
    if credentials.contains('.') {
        let found = customer(api, credentials, request).await;
        return found.map_err(failed)?.map_err(|reason| {
            tracing::info!(request.id = %request, %reason, "a customer token was refused");
            Denied::Wrong
        });
    }
    let found = api.store.authenticate(credentials).await;
    let key = found.map_err(failed)?;
    let key = key
        .filter(|key| !key.scopes.is_empty())
        .ok_or(Denied::Wrong)?;
    Ok(Asking {
        operates: key.scopes.iter().any(|scope| *scope >= KeyScope::Operate),
        administers: key.scopes.contains(&KeyScope::Admin),
        caller: Caller::Key(key.id),
        scope: api.store.scope(&key.source),
        until: None,
        request,
    })
}

/// The customer behind a token, read anew for every request: who has left since it was issued is not answered.
async fn customer<Q>(
    api: &Api<Q>,
    token: &str,
    request: Uuid,
) -> Result<Result<Asking, Invalid>, Error> {
    let Bearer { source, customer } = match api.tokens.open(token).await? {
        Ok(bearer) => bearer,
        Err(invalid) => return Ok(Err(invalid)),
    };
    let scope = api.store.scope(&source);
    let record = scope.customer(&customer).await?;
    if record.as_ref().is_some_and(|record| !takes_part(record)) {
        return Ok(Err(Invalid::Standing));
    }
    // Who is erased has no profile: most are not asked about.
    let has_profile = record
        .as_ref()
        .is_some_and(|record| record.profile_seq.is_some());
    if !has_profile
        && !scope
            .erased(std::slice::from_ref(&customer))
            .await?
            .is_empty()
    {
        return Ok(Err(Invalid::Standing));
    }
    let viewer = Viewer {
        id: customer,
        record: record.map(Arc::new),
    };
    Ok(Ok(Asking {
        until: None,
        operates: false,
        administers: false,
        caller: Caller::Customer(Arc::new(viewer)),
        scope,
        request,
    }))
}

/// The token of the one `Authorization` header, as RFC 6750 writes it.
fn bearer(headers: &HeaderMap) -> Result<&str, Denied> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Err(Denied::Missing),
        (Some(only), None) => only.to_str().map_err(|_| Denied::Wrong)?,
        (Some(_), Some(_)) => return Err(Denied::Wrong),
    };
    let (scheme, token) = value.split_once(' ').ok_or(Denied::Wrong)?;
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(Denied::Wrong)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_bearer_token_is_taken_from_one_header_only() {
        let headers = |values: &[&str]| -> HeaderMap {
            values
                .iter()
                .map(|value| (AUTHORIZATION, HeaderValue::from_str(value).unwrap()))
                .collect()
        };
        assert!(matches!(bearer(&headers(&["Bearer abc"])), Ok("abc")));
        assert!(matches!(bearer(&headers(&["bearer  abc "])), Ok("abc")));
        assert!(matches!(bearer(&headers(&[])), Err(Denied::Missing)));
        let mut two = headers(&["Bearer abc"]);
        two.append(AUTHORIZATION, HeaderValue::from_static("Bearer abc"));
        assert!(matches!(bearer(&two), Err(Denied::Wrong)));
        for wrong in ["abc", "Bearer", "Bearer ", "Basic abc", ""] {
            assert!(
                matches!(bearer(&headers(&[wrong])), Err(Denied::Wrong)),
                "{wrong}"
            );
        }
    }
}
