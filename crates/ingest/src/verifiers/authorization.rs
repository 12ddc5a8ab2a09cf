//! The `Authorization` header (RFC 9110, §11.6.2).

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// What follows the scheme; none where the header is missing, repeated, unreadable or another scheme's.
pub(super) fn credentials<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else {
        return None;
    };
    let (scheme, credentials) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case(wanted)
        .then(|| credentials.trim())
}
