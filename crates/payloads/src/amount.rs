//! Exact amounts of a reward: an integer of millionths, never a float.

use std::borrow::Cow;
use std::fmt;
use std::ops::Neg;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::Sum;
use crate::json::{
    self,
    number::{self, Number},
};

/// A quantity of a reward (points, money, pieces), exact to six decimals.
///
/// What is read from a text lies within ±9.2e12; what is made from millionths, within an i64.
///
/// ```
/// use laurel_payloads::Amount;
///
/// let earned: Amount = "127.6".parse()?;
/// let more: Amount = "0.3".parse()?;
/// let sum = earned.checked_add(more).ok_or("beyond all sizes")?;
/// assert_eq!(sum.to_string(), "127.9");
/// assert_eq!(sum.millionths(), 127_900_000);
/// assert_eq!(Amount::from_millionths(-500_000).to_string(), "-0.5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// Why a text is not an [`Amount`].
///
/// ```
/// use laurel_payloads::{Amount, InvalidAmount};
///
/// assert_eq!("ten".parse::<Amount>(), Err(InvalidAmount::NotANumber));
/// assert_eq!("0.0000001".parse::<Amount>(), Err(InvalidAmount::OutOfRange));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// More than six decimals, or beyond ±9.2e12.
    #[error("number out of range: more than six decimals, or beyond ±9.2e12")]
    OutOfRange,
}

const DECIMALS: i64 = 6;
const LARGEST: i64 = 9_200_000_000_000_000_000;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount from its millionths, as databases and sums hold it.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The amount in millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The exact sum; none where it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }
}

impl Neg for Amount {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    /// Reads a JSON number's text, exponent and all, without rounding.
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        let number = Number::parse(text).map_err(|fault| match fault {
            number::Fault::Grammar => InvalidAmount::NotANumber,
            number::Fault::Exponent => InvalidAmount::OutOfRange,
        })?;
        millionths(&number)
            .map(Self)
            .ok_or(InvalidAmount::OutOfRange)
    }
}

fn millionths(number: &Number<'_>) -> Option<i64> {
    let [whole, fraction] = number.digits;
    let mut digits = whole.bytes().chain(fraction.bytes());
    let digits = digits.try_fold(0_i64, |value, digit| {
        value.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
    })?;
    if digits == 0 {
        return Some(0);
    }
    let shift = u32::try_from(number.exponent.checked_add(DECIMALS)?).ok()?;
    let size = digits.checked_mul(10_i64.checked_pow(shift)?)?;
    (size <= LARGEST).then_some(if number.negative { -size } else { size })
}

impl fmt::Display for Amount {
    /// The shortest decimal text: `127.6`, `0.3`, `100`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Sum::from(*self).fmt(f)
    }
}

impl Serialize for Amount {
    /// Writes a JSON number, digit by digit.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    /// Reads a JSON number, or plain digits in a string, from JSON text.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if !raw.starts_with('"') {
            return raw.parse().map_err(D::Error::custom);
        }
        let text = json::content(raw).unwrap_or_default();
        if text.contains(['e', 'E']) {
            return Err(D::Error::custom(InvalidAmount::NotANumber));
        }
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "At most six decimals, within ±9.2e12; plain digits in a string are taken too.",
            "type": ["number", "string"],
        })
    }
}
