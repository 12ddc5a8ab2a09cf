//! Reads a request's body, within its bounds of size and time.

use std::error::Error;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::{Problem, Settings};

/// Whether the headers announce a body that is read at all: JSON, as it is, and not too much of it.
pub(crate) fn announced(headers: &HeaderMap, settings: &Settings) -> Result<(), Problem> {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    // A length that does not fit a number is longer than any limit.
    let fits = |length: &str| {
        length
            .parse()
            .is_ok_and(|length: usize| length <= settings.max_body)
    };
    if length.is_some_and(|length| !fits(length)) {
        return Err(Problem::TooLarge);
    }
    let plain = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|encoding| encoding == "identity");
    if plain && is_json(headers) {
        Ok(())
    } else {
        Err(Problem::UnsupportedMediaType)
    }
}

/// `application/json` or `application/…+json`, in UTF-8 where a character set is named.
fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return false;
    };
    let Ok(value) = value.to_str() else {
        return false;
    };
    let value = value.to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    json && parts
        .filter_map(|parameter| parameter.strip_prefix("charset="))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"))
}

/// The whole body.
pub(crate) async fn read(body: Body, settings: &Settings) -> Result<Bytes, Problem> {
    let limited = Limited::new(body, settings.max_body).collect();
    match timeout(settings.body_deadline, limited).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if is_too_large(error.as_ref()) => Err(Problem::TooLarge),
        Ok(Err(_)) => Err(Problem::Incomplete),
        Err(_) => Err(Problem::Timeout),
    }
}

fn is_too_large(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    let mut error: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = error {
        if cause.is::<LengthLimitError>() {
            return true;
        }
        error = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: axum::http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().expect("a header"))])
    }

    #[test]
    fn a29_only_json_in_utf8_is_taken() {
        for taken in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
            "application/cloudevents+json",
        ] {
            assert!(is_json(&of(CONTENT_TYPE, taken)), "{taken}");
        }
        for refused in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=iso-8859-1",
            "application/jsonp",
            "text/+json",
            "",
        ] {
            assert!(!is_json(&of(CONTENT_TYPE, refused)), "{refused}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[test]
    fn a19_a27_a_body_is_refused_by_what_is_announced() {
        let settings = Settings::default();
        let mut headers = of(CONTENT_TYPE, "application/json");
        assert_eq!(announced(&headers, &settings), Ok(()));
        for length in ["10000000000", "18446744073709551616"] {
            headers.insert(CONTENT_LENGTH, length.parse().expect("a header"));
            assert_eq!(announced(&headers, &settings), Err(Problem::TooLarge));
        }
        headers.remove(CONTENT_LENGTH);
        for encoding in ["gzip", "gzip, gzip", "br"] {
            headers.insert(CONTENT_ENCODING, encoding.parse().expect("a header"));
            assert_eq!(
                announced(&headers, &settings),
                Err(Problem::UnsupportedMediaType)
            );
        }
    }
}
