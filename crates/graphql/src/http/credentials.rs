//! From the `Authorization` header to what it opens.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use laurel_store::{KeyScope, Store};

use crate::asking::{Asking, Failed, log_failure};

/// Why a request is not answered.
#[derive(Clone, Copy, Debug)]
pub(super) enum Denied {
    /// It carries no credentials.
    Missing,
    /// What it carries opens nothing.
    Wrong,
    /// The store could not be asked.
    Failed(Failed),
}

/// Finds the API key that the request carries.
pub(super) async fn check(store: &Store, headers: &HeaderMap) -> Result<Asking, Denied> {
    let request = store.clock().id();
    let key = bearer(headers)?;
    let found = store.authenticate(key).await;
    let found = found.map_err(|error| Denied::Failed(log_failure(request, None, &error)))?;
    let key = found
        .filter(|key| !key.scopes.is_empty())
        .ok_or(Denied::Wrong)?;
    Ok(Asking {
        operates: key.scopes.iter().any(|scope| *scope >= KeyScope::Operate),
        scope: store.scope(&key.source),
        request,
    })
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
