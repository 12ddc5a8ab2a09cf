//! The time at which a sender signed: seconds since 1970, within a window around now.

use std::time::Duration;

use laurel_payloads::Timestamp;

use crate::Refusal;

/// How far a signature's time may lie from now where nothing else is said, as in the libraries of Standard Webhooks.
pub(super) const TOLERANCE: Duration = Duration::from_mins(5);

/// More digits are no time that will ever come.
const DIGITS: usize = 12;

/// Reads decimal digits and nothing else: no sign, exponent, fraction, blank or digit of another script.
pub(super) fn read(value: &[u8]) -> Result<i64, Refusal> {
    let plain = (1..=DIGITS).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    let digits = plain.then(|| str::from_utf8(value).ok()).flatten();
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or(Refusal::BadTimestamp)
}

/// Whether a time is near enough to now, before or after.
pub(super) fn check(seconds: i64, now: Timestamp, tolerance: Duration) -> Result<(), Refusal> {
    let distance = seconds.abs_diff(now.micros().div_euclid(1_000_000));
    if distance <= tolerance.as_secs() {
        Ok(())
    } else {
        Err(Refusal::Stale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a11_only_plain_digits_are_a_time() {
        assert_eq!(read(b"1614265330"), Ok(1_614_265_330));
        assert_eq!(read(b"0"), Ok(0));
        for wrong in [
            "",
            "1e12",
            "-1",
            "+1",
            "0x5f",
            "１２３",
            "1 2",
            "1.5",
            "1614265330,1614265330",
            "99999999999999999999",
        ] {
            assert_eq!(
                read(wrong.as_bytes()),
                Err(Refusal::BadTimestamp),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a9_a10_the_window_has_two_ends_and_holds_them() {
        let now = Timestamp::from_micros(1_000_000_999_999);
        for (seconds, expected) in [
            (1_000_000, Ok(())),
            (999_700, Ok(())),
            (1_000_300, Ok(())),
            (999_699, Err(Refusal::Stale)),
            (1_000_301, Err(Refusal::Stale)),
            (0, Err(Refusal::Stale)),
            (999_999_999_999, Err(Refusal::Stale)),
        ] {
            assert_eq!(check(seconds, now, TOLERANCE), expected, "{seconds}");
        }
    }
}
