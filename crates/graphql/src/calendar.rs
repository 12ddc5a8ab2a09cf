//! Calendar periods in a time zone, as intervals of time.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use laurel_payloads::Timestamp;
use laurel_store::Interval;

use crate::error::{Code, Refusal};
use crate::types::Period;

/// The zone of a name of the IANA database, such as `America/Bogota`; UTC where none is given.
pub(crate) fn zone(name: Option<&str>) -> Result<TimeZone, Refusal> {
    let Some(name) = name else {
        return Ok(TimeZone::UTC);
    };
    let refused = |_| {
        Refusal::new(
            Code::BadUserInput,
            "This is not a time zone such as \"America/Bogota\".",
        )
    };
    TimeZone::get(name).map_err(refused)
}

/// The periods that an interval touches, in order, the first and the last cut to it. Days that begin or end with a
/// change of the clocks are as long as they are.
pub(crate) fn periods(
    whole: Interval,
    period: Period,
    zone: &TimeZone,
) -> impl Iterator<Item = Interval> + use<'_> {
    let start = instant(whole.from).map(|at| first_day(at.to_zoned(zone.clone()).date(), period));
    let days = std::iter::successors(start, move |&day| next(day, period));
    let starts = days.map_while(|day| day.to_zoned(zone.clone()).ok().map(|at| micros(&at)));
    let ends = starts.skip(1);
    ends.scan(whole.from, move |from, end| {
        let interval = Interval {
            from: *from,
            to: end.min(whole.to),
        };
        *from = end;
        (interval.from < interval.to).then_some(interval)
    })
}

/// The first day of the period that holds a day.
fn first_day(day: Date, period: Period) -> Date {
    match period {
        Period::Day => day,
        Period::Week => {
            let since_monday = i64::from(day.weekday().to_monday_zero_offset());
            day.checked_sub(since_monday.days()).unwrap_or(day)
        }
        Period::Month => day.first_of_month(),
        Period::Quarter => {
            let into_quarter = i64::from((day.month() - 1) % 3);
            let month = day.first_of_month();
            month.checked_sub(into_quarter.months()).unwrap_or(month)
        }
        Period::Year => day.first_of_year(),
    }
}

/// The first day of the next period; none at the end of the calendar.
fn next(day: Date, period: Period) -> Option<Date> {
    let span = match period {
        Period::Day => 1.day(),
        Period::Week => 1.week(),
        Period::Month => 1.month(),
        Period::Quarter => 3.months(),
        Period::Year => 1.year(),
    };
    day.checked_add(span).ok()
}

fn instant(time: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_microsecond(time.micros()).ok()
}

fn micros(time: &Zoned) -> Timestamp {
    Timestamp::from_micros(time.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(from: &str, to: &str, period: Period, zone: &str) -> Vec<String> {
        let time = |text| Timestamp::parse_rfc3339(text).expect("a time");
        let whole = Interval {
            from: time(from),
            to: time(to),
        };
        let zone = super::zone(Some(zone)).expect("a zone");
        periods(whole, period, &zone)
            .map(|interval| format!("{} {}", interval.from, interval.to))
            .collect()
    }

    #[test]
    fn the_first_and_the_last_period_are_cut() {
        assert_eq!(
            of(
                "2026-01-30T12:00:00Z",
                "2026-03-02T00:00:00Z",
                Period::Month,
                "UTC"
            ),
            [
                "2026-01-30T12:00:00Z 2026-02-01T00:00:00Z",
                "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z",
                "2026-03-01T00:00:00Z 2026-03-02T00:00:00Z",
            ]
        );
        assert_eq!(
            of(
                "2026-01-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
                Period::Year,
                "UTC"
            ),
            [""; 0]
        );
    }

    #[test]
    fn a_period_begins_at_midnight_in_its_zone() {
        assert_eq!(
            of(
                "2026-01-01T00:00:00Z",
                "2026-01-02T00:00:00Z",
                Period::Day,
                "America/Bogota"
            ),
            [
                "2026-01-01T00:00:00Z 2026-01-01T05:00:00Z",
                "2026-01-01T05:00:00Z 2026-01-02T00:00:00Z"
            ]
        );
    }

    #[test]
    fn a_day_on_which_the_clocks_change_is_as_long_as_it_is() {
        assert_eq!(
            of(
                "2026-03-28T23:00:00Z",
                "2026-03-29T22:00:00Z",
                Period::Day,
                "Europe/Berlin"
            ),
            ["2026-03-28T23:00:00Z 2026-03-29T22:00:00Z"]
        );
    }

    #[test]
    fn weeks_begin_on_monday_and_quarters_with_january() {
        let weeks = of(
            "2026-01-01T00:00:00Z",
            "2026-01-06T00:00:00Z",
            Period::Week,
            "UTC",
        );
        assert_eq!(weeks[1], "2026-01-05T00:00:00Z 2026-01-06T00:00:00Z");
        let quarters = of(
            "2026-02-01T00:00:00Z",
            "2026-05-01T00:00:00Z",
            Period::Quarter,
            "UTC",
        );
        assert_eq!(quarters[1], "2026-04-01T00:00:00Z 2026-05-01T00:00:00Z");
        let years = of(
            "2025-12-31T00:00:00Z",
            "2026-01-02T00:00:00Z",
            Period::Year,
            "UTC",
        );
        assert_eq!(years[1], "2026-01-01T00:00:00Z 2026-01-02T00:00:00Z");
    }

    #[test]
    fn a_zone_that_is_none_is_refused() {
        for name in ["", "Mars/Olympus", "../../etc/passwd", "UTC\0"] {
            assert!(zone(Some(name)).is_err(), "{name}");
        }
    }
}
