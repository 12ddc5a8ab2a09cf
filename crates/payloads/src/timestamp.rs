//! Points in time: microseconds in code and database, RFC 3339 at the edges.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// A point in time, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use std::time::Duration;
///
/// use laurel_payloads::Timestamp;
///
/// let noon = Timestamp::parse_rfc3339("2026-01-31T13:00:00+01:00").ok_or("no time")?;
/// assert_eq!(noon.to_string(), "2026-01-31T12:00:00Z");
/// assert_eq!(noon.saturating_add(Duration::from_millis(5)).to_string(), "2026-01-31T12:00:00.005Z");
/// assert_eq!(Timestamp::from_micros(noon.micros()), noon);
/// assert_eq!(Timestamp::parse_rfc3339("2026-02-30T12:00:00Z"), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A time from its microseconds since 1970, UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970, UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339, of which finer fractions than a microsecond are cut off.
    ///
    /// None for anything else: a day that does not exist, a time without a zone, a bare number.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        // The `time` crate takes any character there; RFC 3339 (5.6) names these.
        if !matches!(text.as_bytes().get(10)?, b'T' | b't' | b' ') {
            return None;
        }
        let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let micros = time.unix_timestamp_nanos().div_euclid(1_000);
        i64::try_from(micros).ok().map(Self)
    }

    /// This much later, or the last time there is.
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }

    /// This much earlier, or the first time there is.
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with a fraction of 0, 3 or 6 digits, whichever is the shortest exact one.
    /// Beyond the years 0000 to 9999, which RFC 3339 cannot write, the nearest time that it can.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const YEAR_0000: i64 = -62_167_219_200_000_000;
        const END_OF_9999: i64 = 253_402_300_799_999_999;
        let micros = self.0.clamp(YEAR_0000, END_OF_9999);
        let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000)
            .map_err(|_| fmt::Error)?;
        let (year, month, day) = time.to_calendar_date();
        let (hour, minute, second, fraction) = time.to_hms_micro();
        let month = u8::from(month);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        match fraction {
            0 => {}
            _ if fraction % 1_000 == 0 => write!(f, ".{:03}", fraction / 1_000)?,
            _ => write!(f, ".{fraction:06}")?,
        }
        f.write_str("Z")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
