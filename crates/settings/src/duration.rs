//! Durations as people write them: `"60s"`, `"24h"`, `"1h 30m"`; never negative, never without a unit.
//!
//! ```
//! use std::time::Duration;
//!
//! #[derive(serde::Deserialize)]
//! struct Polling {
//!     #[serde(with = "laurel_settings::duration")]
//!     every: Duration,
//! }
//!
//! let polling: Polling = serde_json::from_str(r#"{"every": "1h 30m"}"#)?;
//! assert_eq!(polling.every, Duration::from_secs(90 * 60));
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serializer, de};

/// Writes the duration the way it is read.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    let signed = SignedDuration::try_from(*value).unwrap_or(SignedDuration::MAX);
    serializer.collect_str(&format_args!("{signed:#}"))
}

/// Reads a duration with its unit.
///
/// # Errors
/// The value is no duration, has no unit, or is negative.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map_err(de::Error::custom)
}

fn parse(text: &str) -> Result<Duration, &'static str> {
    let signed: SignedDuration = text.parse().map_err(
        |_| "not a duration; write a number and a unit, such as \"60s\", \"90m\" or \"24h\"",
    )?;
    Duration::try_from(signed).map_err(|_| "a duration cannot be negative")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_needs_a_unit_and_no_sign() {
        assert_eq!(parse("60s"), Ok(Duration::from_mins(1)));
        assert_eq!(parse("24h"), Ok(Duration::from_hours(24)));
        assert_eq!(parse("1h 30m"), Ok(Duration::from_mins(90)));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
        assert!(parse("-5s").is_err());
        assert!(parse("60").is_err());
        assert!(parse("soon").is_err());
    }
}
