//! A decimal number taken apart by its digits: exact at any size, and never a float.

/// A number in its only spelling: `±digits × 10^exponent`.
///
/// The digits are two pieces of the text, for a decimal point may part them. Together they have no
/// zeros at either end; zero has no digits at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number<'a> {
    /// Never for zero: `-0` is `0`.
    pub(crate) negative: bool,
    pub(crate) digits: [&'a str; 2],
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

impl<'a> Number<'a> {
    pub(crate) const ZERO: Self = Self {
        negative: false,
        digits: ["", ""],
        exponent: 0,
    };

    /// Reads a whole text as one JSON number.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Fault> {
        if length(text.as_bytes()) != Some(text.len()) {
            return Err(Fault::Grammar);
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let unsigned = mantissa.trim_start_matches('-');
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let (digits, shift) = significant(whole, fraction);
        if digits == ["", ""] {
            return Ok(Self::ZERO);
        }
        Ok(Self {
            negative: mantissa.len() > unsigned.len(),
            digits,
            exponent: shifted(exponent, shift).ok_or(Fault::Exponent)?,
        })
    }
}

/// The digits without the zeros at their ends, and by how much they count more as an integer: less
/// their fraction, more the zeros cut off their end.
fn significant<'a>(whole: &'a str, fraction: &'a str) -> ([&'a str; 2], i128) {
    let fraction = fraction.trim_end_matches('0');
    let whole = whole.trim_start_matches('0');
    if !fraction.is_empty() {
        let digits = match whole {
            "" => ["", fraction.trim_start_matches('0')],
            _ => [whole, fraction],
        };
        return (digits, -(fraction.len() as i128));
    }
    let digits = whole.trim_end_matches('0');
    ([digits, ""], (whole.len() - digits.len()) as i128)
}

fn shifted(exponent: &str, shift: i128) -> Option<i64> {
    let written: i128 = exponent.parse().ok()?;
    i64::try_from(written.checked_add(shift)?).ok()
}
