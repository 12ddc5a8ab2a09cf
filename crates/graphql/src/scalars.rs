//! The scalars beside GraphQL's own: times and exact decimals. (`JSON` is the engine's.)

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use laurel_payloads::{Amount, Sum, Timestamp};

/// A point in time on its way in or out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DateTime(pub(crate) Timestamp);

/// A point in time as RFC 3339 writes it, such as `2026-01-31T12:00:00.5Z`: in UTC when we write it, to the
/// microsecond.
#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let time = Timestamp::parse_rfc3339(text);
        time.map(Self)
            .ok_or_else(|| InputValueError::custom("a time is written as 2026-01-31T12:00:00Z"))
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if Timestamp::parse_rfc3339(text).is_some())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An exact amount on its way out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal(Sum);

/// An exact decimal number in a string, so that no client rounds it: `"127.6"`. At most six decimals.
#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let amount: Result<Amount, _> = text.parse();
        amount.map(Self::from).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Timestamp> for DateTime {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}

impl From<Amount> for Decimal {
    fn from(amount: Amount) -> Self {
        Self(amount.into())
    }
}

impl From<Sum> for Decimal {
    fn from(sum: Sum) -> Self {
        Self(sum)
    }
}
