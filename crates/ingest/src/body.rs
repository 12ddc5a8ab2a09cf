//! Reads a request's body, within its bounds of size and time.

use axum::body::{Body, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::budget::Room;
use crate::problem::Overload;
use crate::{Problem, Settings};

/// Whether what is announced is read at all: JSON, as it is, and not too much of it.
pub(crate) fn announced(
    body: &Body,
    headers: &HeaderMap,
    settings: &Settings,
) -> Result<(), Problem> {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    // A length that does not fit a number is longer than any limit.
    let fits = |length: &str| {
        length
            .parse()
            .is_ok_and(|length: usize| length <= settings.max_body)
    };
    if length.is_some_and(|length| !fits(length))
        || body.size_hint().lower() > settings.max_body as u64
    {
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
    // What nearly everybody says.
    if value == "application/json" {
        return true;
    }
    let value = value.to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let json = media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"));
    json && parts
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim() == "charset")
        .all(|(_, charset)| matches!(charset.trim().trim_matches('"'), "utf-8" | "utf8"))
}

/// The whole body, and the room that it takes.
pub(crate) async fn read(
    body: &mut Body,
    settings: &Settings,
    room: Room,
) -> Result<(Vec<u8>, Room), Problem> {
    timeout(settings.body_deadline, collect(body, settings, room))
        .await
        .unwrap_or(Err(Problem::Timeout))
}

/// Copies what comes into one piece: a body of a thousand small chunks takes no more memory than any other.
async fn collect(
    body: &mut Body,
    settings: &Settings,
    mut room: Room,
) -> Result<(Vec<u8>, Room), Problem> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(settings.max_body);
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::Incomplete)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        let length = bytes.len() + data.len();
        if length > settings.max_body {
            return Err(Problem::TooLarge);
        }
        if length > bytes.capacity() {
            // What is announced is not believed before it comes: that costs a sender nothing.
            let capacity = announced.min(bytes.capacity() * 2).max(length);
            if !room.grow(capacity) {
                return Err(Problem::Overloaded(Overload::Memory));
            }
            bytes.reserve_exact(capacity - bytes.len());
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes, room))
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
            "application/json; charset = utf-16",
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
        assert_eq!(announced(&Body::empty(), &headers, &settings), Ok(()));
        for length in ["10000000000", "18446744073709551616"] {
            headers.insert(CONTENT_LENGTH, length.parse().expect("a header"));
            assert_eq!(
                announced(&Body::empty(), &headers, &settings),
                Err(Problem::TooLarge)
            );
        }
        headers.remove(CONTENT_LENGTH);
        for encoding in ["gzip", "gzip, gzip", "br"] {
            headers.insert(CONTENT_ENCODING, encoding.parse().expect("a header"));
            assert_eq!(
                announced(&Body::empty(), &headers, &settings),
                Err(Problem::UnsupportedMediaType)
            );
        }
    }
}
