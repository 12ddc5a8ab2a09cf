//! A decimal number taken apart by its digits: exact at any size, and never a float.

/// A number in its only spelling: `±digits × 10^exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// Never for zero: `-0` is `0`.
    pub(crate) negative: bool,
    /// No zeros at either end; empty for zero.
    pub(crate) digits: String,
    pub(crate) exponent: i64,
}

/// Why a text has no [`Number`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not in the grammar of RFC 8259.
    Grammar,
    /// The exponent does not fit an i64.
    Exponent,
}

/// The length of the number that a text begins with, by the grammar of RFC 8259.
pub(crate) fn length(text: &[u8]) -> Option<usize> {
    let digits = |from: usize| {
        text[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    };
    let at = |position: usize| text.get(position).copied();
    let mut end = usize::from(at(0) == Some(b'-'));
    end += match at(end)? {
        b'0' => 1,
        b'1'..=b'9' => digits(end),
        _ => return None,
    };
    if at(end) == Some(b'.') {
        let fraction = digits(end + 1);
        end += 1 + (fraction > 0).then_some(fraction)?;
    }
    if matches!(at(end), Some(b'e' | b'E')) {
        let signed = usize::from(matches!(at(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + signed);
        end += 1 + signed + (exponent > 0).then_some(exponent)?;
    }
    Some(end)
}

impl Number {
    /// Reads a whole text as one JSON number.
    pub(crate) fn parse(text: &str) -> Result<Self, Fault> {
        if length(text.as_bytes()) != Some(text.len()) {
            return Err(Fault::Grammar);
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let unsigned = mantissa.trim_start_matches('-');
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let all = [whole, fraction].concat();
        let significant = all.trim_end_matches('0');
        let digits = significant.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Ok(Self {
                negative: false,
                digits,
                exponent: 0,
            });
        }
        let dropped = all.len() - significant.len();
        let exponent = shifted(exponent, fraction.len(), dropped).ok_or(Fault::Exponent)?;
        Ok(Self {
            negative: text.starts_with('-'),
            digits,
            exponent,
        })
    }
}

/// The exponent of the digits as an integer: less their fraction, more the zeros cut off their end.
fn shifted(exponent: &str, fraction: usize, dropped: usize) -> Option<i64> {
    let written: i128 = exponent.parse().ok()?;
    let shift = i128::try_from(dropped).ok()? - i128::try_from(fraction).ok()?;
    i64::try_from(written.checked_add(shift)?).ok()
}
