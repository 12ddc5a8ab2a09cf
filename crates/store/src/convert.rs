//! Column values into the vocabulary's types.

use std::fmt::Display;

use laurel_payloads::CustomerId;

use crate::{Error, Result};

pub(crate) fn customer_id(text: String) -> Result<CustomerId> {
    parsed(CustomerId::try_from(text))
}

/// A value that was checked before it was stored; that it no longer holds is the database's fault.
pub(crate) fn parsed<T, E: Display>(value: Result<T, E>) -> Result<T> {
    value.map_err(|error| Error::Corrupt(error.to_string()))
}
