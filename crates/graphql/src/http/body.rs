//! The body of a `POST`: of the right type, not too large, and there in time.

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};

use super::accept::is_utf8;
use crate::error::{Code, Refusal};
use crate::settings::Settings;

/// Reads the body whole, or says with which status it is refused.
pub(super) async fn read(
    request: Request<Body>,
    settings: &Settings,
) -> Result<Bytes, (StatusCode, Refusal)> {
    let (head, body) = request.into_parts();
    if !is_json(&head.headers) {
        let refusal = Refusal::new(
            Code::BadRequest,
            "Send application/json in UTF-8, not encoded otherwise.",
        );
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, refusal));
    }
    let announced = head
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| {
        usize::try_from(length).map_or(true, |length| length > settings.max_body)
    }) {
        return Err(too_large(settings));
    }
    match tokio::time::timeout(
        settings.body_deadline,
        Limited::new(body, settings.max_body).collect(),
    )
    .await
    {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            Err(too_large(settings))
        }
        Ok(Err(_)) => {
            let refusal = Refusal::new(Code::BadRequest, "The body could not be read to its end.");
            Err((StatusCode::BAD_REQUEST, refusal))
        }
        Err(_) => {
            let refusal = Refusal::new(Code::Timeout, "The body did not arrive in time.");
            Err((StatusCode::REQUEST_TIMEOUT, refusal))
        }
    }
}

fn too_large(settings: &Settings) -> (StatusCode, Refusal) {
    let message = format!("The body is larger than {} bytes.", settings.max_body);
    (
        StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::new(Code::TooLarge, message),
    )
}

/// Exactly one content type, `application/json`; a form or plain text would let any web page post here.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (types.next(), types.next()) else {
        return false;
    };
    let Ok(text) = only.to_str() else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let utf8 = parts.all(|part| match part.split_once('=') {
        Some((name, charset)) if name.eq_ignore_ascii_case("charset") => is_utf8(charset),
        _ => true,
    });
    let plain = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|encoding| encoding == "identity");
    json && utf8 && plain
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_json_in_utf8_is_taken() {
        let says = |value: &'static str| {
            is_json(&HeaderMap::from_iter([(
                CONTENT_TYPE,
                HeaderValue::from_static(value),
            )]))
        };
        for value in [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ] {
            assert!(says(value), "{value}");
        }
        for value in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/jsonp",
            "",
        ] {
            assert!(!says(value), "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
