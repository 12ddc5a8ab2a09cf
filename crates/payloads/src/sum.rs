//! Exact sums of amounts, which may be larger than any amount.

use std::fmt;
use std::iter;

use crate::Amount;

/// A sum of [`Amount`]s, exact to their six decimals whatever is added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sum(i128);

impl Sum {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A sum from its millionths.
    pub const fn from_millionths(millionths: i128) -> Self {
        Self(millionths)
    }

    /// The sum in millionths.
    pub const fn millionths(self) -> i128 {
        self.0
    }
}

impl From<Amount> for Sum {
    fn from(amount: Amount) -> Self {
        Self(amount.millionths().into())
    }
}

impl std::ops::Add for Sum {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for Sum {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl iter::Sum for Sum {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::ZERO, std::ops::Add::add)
    }
}

impl fmt::Display for Sum {
    /// The shortest decimal text: `127.6`, `0.3`, `100`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let decimals = format!("{:06}", size % 1_000_000);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        let text = format!("{}{point}{decimals}", size / 1_000_000);
        f.pad_integral(self.0 >= 0, "", &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_may_be_larger_than_any_amount() {
        let largest: Amount = "9199999999999.999999".parse().expect("an amount");
        let sum: Sum = iter::repeat_n(Sum::from(largest), 3).sum();
        assert_eq!(sum.to_string(), "27599999999999.999997");
        assert_eq!((Sum::ZERO - sum).to_string(), "-27599999999999.999997");
    }

    #[test]
    fn a_sum_is_written_like_an_amount() {
        for text in ["0", "127.6", "-0.3", "100", "-9.000001"] {
            let amount: Amount = text.parse().expect("an amount");
            assert_eq!(Sum::from(amount).to_string(), amount.to_string());
        }
    }
}
