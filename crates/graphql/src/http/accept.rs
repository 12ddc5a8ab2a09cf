//! Which media type the client wants to read: the `Accept` header, as RFC 9110 and GraphQL over HTTP
//! read it.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};

use crate::error::{Code, Refusal};

/// The two forms of an answer. Their bodies are the same; what differs is the status of a request that
/// was not executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`: the status tells.
    Response,
    /// `application/json`: a well-formed request is answered 200, whatever becomes of it.
    Json,
}

impl Media {
    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Response => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    /// The status of a well-formed request that is not executed.
    pub(super) const fn refused(self) -> StatusCode {
        match self {
            Self::Response => StatusCode::BAD_REQUEST,
            Self::Json => StatusCode::OK,
        }
    }
}

/// The best of what the client accepts. Without a word, or with a wildcard only, that is
/// `application/json`, which every client of the time before the specification reads.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<Media, Refusal> {
    let mut ranges = Vec::new();
    for value in headers.get_all(ACCEPT) {
        ranges.extend(
            value
                .to_str()
                .unwrap_or_default()
                .split(',')
                .filter_map(Range::read),
        );
    }
    if !headers.contains_key(ACCEPT) {
        return Ok(Media::Json);
    }
    let response = best(&ranges, "graphql-response+json");
    let json = best(&ranges, "json");
    match (response, json) {
        (None, None) => Err(Refusal::new(
            Code::BadRequest,
            "The answer is application/graphql-response+json or application/json.",
        )),
        (Some(response), json)
            if response.named && json.is_none_or(|json| response.quality >= json.quality) =>
        {
            Ok(Media::Response)
        }
        (_, Some(_)) => Ok(Media::Json),
        (Some(_), None) => Ok(Media::Response),
    }
}

/// What a range says about a media type.
#[derive(Clone, Copy)]
struct Wish {
    /// In thousandths.
    quality: u16,
    /// By its name, and not by a wildcard.
    named: bool,
}

/// The wish for `application/{subtype}`: the most specific range that covers it decides.
fn best(ranges: &[Range<'_>], subtype: &str) -> Option<Wish> {
    let named = ranges
        .iter()
        .filter(|range| range.is("application", subtype))
        .max_by_key(|range| range.quality);
    let wild = || {
        let of_kind = ranges.iter().find(|range| range.is("application", "*"));
        of_kind.or_else(|| ranges.iter().find(|range| range.is("*", "*")))
    };
    let wish = match named {
        Some(range) => Wish {
            quality: range.quality,
            named: true,
        },
        None => Wish {
            quality: wild()?.quality,
            named: false,
        },
    };
    (wish.quality > 0).then_some(wish)
}

struct Range<'a> {
    kind: &'a str,
    subtype: &'a str,
    quality: u16,
}

impl<'a> Range<'a> {
    /// A range in another charset than UTF-8 is no use to us, and neither is one that does not parse.
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut quality = 1_000;
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if name.eq_ignore_ascii_case("q") {
                quality = thousandths(value)?;
            } else if name.eq_ignore_ascii_case("charset") && !is_utf8(value) {
                return None;
            }
        }
        Some(Self {
            kind,
            subtype,
            quality,
        })
    }

    fn is(&self, kind: &str, subtype: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind) && self.subtype.eq_ignore_ascii_case(subtype)
    }
}

/// `0`, `1`, or either with up to three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    let whole: u16 = whole.parse().ok()?;
    (whole * 1_000 + decimals <= 1_000).then_some(whole * 1_000 + decimals)
}

/// Whether a charset parameter names the only encoding of JSON.
pub(super) fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &str) -> Option<Media> {
        let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
        negotiate(&headers).ok()
    }

    #[test]
    fn the_media_type_of_the_specification_is_given_to_who_names_it() {
        for accept in [
            "application/graphql-response+json",
            "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
            "application/json, application/graphql-response+json",
            "application/graphql-response+json, application/json;q=0.9, */*;q=0.1",
            "APPLICATION/GraphQL-Response+JSON",
            "application/json;q=0, application/*",
        ] {
            assert_eq!(chosen(accept), Some(Media::Response), "{accept}");
        }
    }

    #[test]
    fn json_is_given_to_everybody_else() {
        assert_eq!(negotiate(&HeaderMap::new()), Ok(Media::Json));
        for accept in [
            "*/*",
            "application/*",
            "application/json",
            "application/json, text/plain, */*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/graphql-response+json;q=0.5, application/json",
            "application/graphql-response+json;q=0, */*",
        ] {
            assert_eq!(chosen(accept), Some(Media::Json), "{accept}");
        }
    }

    #[test]
    fn what_is_not_offered_is_not_acceptable() {
        for accept in [
            "",
            "multipart/mixed",
            "text/html",
            "application/json;q=0",
            "application/json;charset=utf-16",
            "application/json;q=2",
            "nonsense",
            "*/*;q=0.000",
        ] {
            assert_eq!(chosen(accept), None, "{accept}");
        }
    }
}
