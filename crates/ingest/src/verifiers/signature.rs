//! What signatures are written in, and how a message authentication code is compared.

use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ring::hmac;
use subtle::{Choice, ConstantTimeEq};

use crate::Refusal;

/// With padding or without: what is compared are the bytes.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

/// The one value of a header; none where there is none, the refusal where there are several.
pub(super) fn only<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    several: Refusal,
) -> Result<Option<&'a [u8]>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(axum::http::HeaderValue::as_bytes)),
        _ => Err(several),
    }
}

/// The code of these parts, one after the other.
pub(super) fn code(key: &hmac::Key, parts: &[&[u8]]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    context.sign()
}

/// Whether any of these is the code. Computed once, however many are presented.
pub(super) fn any_is<'a>(
    presented: impl IntoIterator<Item = &'a [u8]>,
    code: &hmac::Tag,
) -> Choice {
    presented
        .into_iter()
        .fold(Choice::from(0), |any, presented| {
            any | presented.ct_eq(code.as_ref())
        })
}
