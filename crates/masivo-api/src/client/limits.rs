//! What an answer's headers say about when to come again.

use std::time::{Duration, UNIX_EPOCH};

use hyper::header::{HeaderMap, RETRY_AFTER};
use laurel_payloads::Timestamp;

/// Nobody is believed who tells us to wait longer.
const LONGEST: Duration = Duration::from_hours(24 * 7);
/// A number of seconds beyond this is a point in time since 1970.
const A_TIME: u64 = 1_000_000_000;

/// How long to wait before the next request: `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        let date = httpdate::parse_http_date(text).ok()?;
        since(date.duration_since(UNIX_EPOCH).ok()?, now)
    };
    Some(wait.min(LONGEST))
}

/// How long until there are requests left, where the headers say that this was the last (`X-RateLimit-Remaining`,
/// `X-RateLimit-Reset` in seconds).
pub(super) fn used_up(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    if number("x-ratelimit-remaining")? > 0 {
        return None;
    }
    let reset = Duration::from_secs(number("x-ratelimit-reset")?);
    let wait = if reset.as_secs() >= A_TIME {
        since(reset, now)
    } else {
        reset
    };
    Some(wait.min(LONGEST))
}

/// From now to a time since 1970; nothing where it is past.
fn since(time: Duration, now: Timestamp) -> Duration {
    let now = Duration::from_micros(u64::try_from(now.micros()).unwrap_or(0));
    time.saturating_sub(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::parse_rfc3339("2026-03-01T12:00:00Z").expect("a time")
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (
                hyper::header::HeaderName::from_static(name),
                value.parse().expect("a value"),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_a_year() {
        for (value, expected) in [
            ("0", Some(0)),
            ("120", Some(120)),
            ("Sun, 01 Mar 2026 12:05:00 GMT", Some(300)),
            ("Sun, 01 Mar 2026 11:00:00 GMT", Some(0)),
            ("99999999999", Some(604_800)),
            ("soon", None),
            ("-5", None),
        ] {
            let wait = retry_after(&headers(&[("retry-after", value)]), now());
            assert_eq!(wait, expected.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now()), None);
    }

    #[test]
    fn the_last_request_of_a_window_tells_when_the_next_begins() {
        let wait = |remaining: &str, reset: &str| {
            let pairs = [
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset", reset),
            ];
            used_up(&headers(&pairs), now()).map(|wait| wait.as_secs())
        };
        assert_eq!(wait("1", "60"), None);
        assert_eq!(wait("0", "60"), Some(60));
        assert_eq!(wait("0", "1772366460"), Some(60), "as a point in time");
        assert_eq!(wait("0", "soon"), None);
    }
}
