//! Years, by which Masivo lists transactions. They are taken to be UTC's, as its times are.

use laurel_payloads::Timestamp;
use time::{Date, Month, OffsetDateTime};

/// The year of a time.
pub(crate) fn year(at: Timestamp) -> i32 {
    let time = OffsetDateTime::from_unix_timestamp(at.micros().div_euclid(1_000_000));
    time.map_or(1970, OffsetDateTime::year)
}

/// The moment when a year is over.
pub(crate) fn end_of(year: i32) -> Timestamp {
    let next = Date::from_calendar_date(year.saturating_add(1), Month::January, 1);
    let seconds = next.map_or(i64::MAX / 1_000_000, |day| {
        day.midnight().assume_utc().unix_timestamp()
    });
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_ends_where_the_next_begins() {
        assert_eq!(end_of(2025).to_string(), "2026-01-01T00:00:00Z");
        assert_eq!(year(end_of(2025)), 2026);
        assert_eq!(
            year(Timestamp::from_micros(end_of(2025).micros() - 1)),
            2025
        );
    }
}
