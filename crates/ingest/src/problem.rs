//! What a refused request is told: `application/problem+json` (RFC 9457).

use std::hash::{BuildHasher, Hasher, RandomState};

use axum::Json;
use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use laurel_payloads::json::{Fault, Malformed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Refusal, answer};

const PROBLEM: (HeaderName, &str) = (CONTENT_TYPE, "application/problem+json");

/// Why a request was refused. It names the fault, and never repeats what was sent.
///
/// ```
/// use axum::http::StatusCode;
/// use laurel_ingest::Problem;
/// use uuid::Uuid;
///
/// assert_eq!(Problem::TooLarge.code(), "too_large");
/// let answer = Problem::TooLarge.answer(Uuid::nil());
/// assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
/// assert_eq!(answer.headers()["content-type"], "application/problem+json");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The body is not a JSON object, or nested too deep, or not UTF-8.
    Malformed(Malformed),
    /// No, wrong or revoked credentials, or an unknown source: one answer, but for a time of signing that cannot be
    /// read or lies too far away, which the sender can put right.
    Unauthorized(Refusal),
    /// A browser asks whether it may post. It is granted nothing.
    Preflight,
    /// Anything but POST.
    MethodNotAllowed,
    /// The body took too long to arrive.
    Timeout,
    /// The body is larger than `ingest.max_body`.
    TooLarge,
    /// Not JSON by its content type, or compressed.
    UnsupportedMediaType,
    /// The connection broke before the body was complete.
    Incomplete,
    /// The source has used up its share of requests; the next one is let through in so many seconds.
    RateLimited(u64),
    /// There is no database yet: to be sent again.
    Starting,
    /// More is under way than intake can hold: to be sent again.
    Overloaded(Overload),
    /// What an extension has put here panicked.
    Broken,
    /// What an extension has put here did not answer in time: to be asked again.
    Unanswered,
    /// The event could not be stored now, or it is not known whether it was: to be sent again.
    Unavailable,
}

/// What there is too much of.
///
/// ```
/// use laurel_ingest::{Overload, Problem};
///
/// let full = Problem::Overloaded(Overload::Queue);
/// assert_eq!((full.code(), full.reason()), ("unavailable", "queue_full"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overload {
    /// Events that wait to be stored.
    Queue,
    /// Memory that bodies hold.
    Memory,
}

impl Problem {
    /// The code by which the fault is known in answers.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(malformed) => match malformed.fault {
                Fault::NotObject => "not_object",
                Fault::TooDeep => "too_deep",
                Fault::NotUtf8 => "not_utf8",
                _ => "malformed",
            },
            Self::Unauthorized(refusal @ (Refusal::Stale | Refusal::BadTimestamp)) => {
                refusal.as_str()
            }
            Self::Unauthorized(Refusal::Failed)
            | Self::Overloaded(_)
            | Self::Unanswered
            | Self::Unavailable => "unavailable",
            Self::Unauthorized(_) => "unauthorized",
            Self::Preflight | Self::MethodNotAllowed => "method_not_allowed",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Incomplete => "incomplete",
            Self::RateLimited(_) => "rate_limited",
            Self::Starting => "starting",
            Self::Broken => "internal",
        }
    }

    /// The reason by which the fault is known in logs and metrics. It tells more than the sender is told.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unauthorized(refusal) => refusal.as_str(),
            Self::Preflight | Self::MethodNotAllowed => "method",
            Self::Overloaded(Overload::Queue) => "queue_full",
            Self::Overloaded(Overload::Memory) => "memory_full",
            Self::Broken => "panicked",
            Self::Unanswered => "unanswered",
            _ => self.code(),
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::Incomplete => StatusCode::BAD_REQUEST,
            Self::Unauthorized(Refusal::Failed)
            | Self::Starting
            | Self::Overloaded(_)
            | Self::Unanswered
            | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthorized(_) => StatusCode::UNAUTHORIZED,
            Self::Preflight => StatusCode::NO_CONTENT,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn detail(self) -> String {
        match self {
            Self::Malformed(malformed) => malformed.to_string(),
            Self::Unauthorized(Refusal::Stale) => {
                "it was signed too long ago, or the clocks differ".to_owned()
            }
            Self::Unauthorized(Refusal::BadTimestamp) => {
                "the time of signing is not one number of seconds since 1970".to_owned()
            }
            Self::Unauthorized(Refusal::Failed) => {
                "who sends this cannot be told now: send it again".to_owned()
            }
            Self::Unauthorized(_) => "the credentials are missing or wrong".to_owned(),
            Self::Preflight | Self::MethodNotAllowed => "webhooks are posted".to_owned(),
            Self::Timeout => "the body did not arrive in time".to_owned(),
            Self::TooLarge => "the body is too large".to_owned(),
            Self::UnsupportedMediaType => {
                "the body must be JSON in UTF-8, without a content encoding".to_owned()
            }
            Self::Incomplete => "the body broke off".to_owned(),
            Self::RateLimited(seconds) => {
                format!("more than this source may send: send it again in {seconds} s")
            }
            Self::Starting => "the server is starting: send it again".to_owned(),
            Self::Overloaded(_) => "too much is under way: send it again".to_owned(),
            Self::Broken => "this could not be answered; the server's log has it".to_owned(),
            Self::Unanswered => "this was not answered in time: try again".to_owned(),
            Self::Unavailable => "the event could not be stored: send it again".to_owned(),
        }
    }

    fn header(self) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = match self {
            Self::Unauthorized(Refusal::Failed)
            | Self::Starting
            | Self::Overloaded(_)
            | Self::Unanswered
            | Self::Unavailable => return Some((RETRY_AFTER, a_while())),
            // The same whatever the source takes: which that is, strangers are not told.
            Self::Unauthorized(_) => (WWW_AUTHENTICATE, "Bearer, Basic realm=\"webhooks\""),
            Self::Preflight | Self::MethodNotAllowed => (ALLOW, "POST, OPTIONS"),
            Self::RateLimited(seconds) => return Some((RETRY_AFTER, seconds.into())),
            // The rest of the body is still on its way: nothing more can be read from this connection.
            Self::Timeout | Self::TooLarge | Self::Incomplete => (CONNECTION, "close"),
            _ => return None,
        };
        Some((name, HeaderValue::from_static(value)))
    }

    /// What the sender of the request with this id is told.
    pub fn answer(self, request: Uuid) -> Response {
        let status = self.status();
        let mut response = if self == Self::Preflight {
            answer::named(request, status)
        } else {
            answer::named(request, (status, [PROBLEM], Json(self.document(request))))
        };
        response.headers_mut().extend(self.header());
        response
    }

    fn document(self, request: Uuid) -> Value {
        let status = self.status();
        let mut problem = json!({
            "type": "about:blank",
            // RFC 9457 has a problem without a type of its own carry the status's own phrase.
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": self.detail(),
            "code": self.code(),
            "instance": format!("urn:uuid:{request}"),
        });
        if let Self::Malformed(malformed) = self {
            problem["offset"] = malformed.offset.into();
        }
        problem
    }
}

/// Five seconds, give or take two: senders that were turned away together are not to come back together.
fn a_while() -> HeaderValue {
    let random = RandomState::new().build_hasher().finish();
    HeaderValue::from(3 + random % 5)
}
