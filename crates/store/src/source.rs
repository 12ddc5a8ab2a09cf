//! The tenancy boundary: the name of a configured account.

use std::fmt;
use std::sync::Arc;

/// The name of a source: one account at Masivo, as the configuration names it (`[sources.<name>]`).
///
/// Every row carries it and every query of a tenant is made through a [`Scope`](crate::Scope) that holds it.
///
/// ```
/// use laurel_store::Source;
///
/// assert_eq!(Source::new("masivo-co")?.as_str(), "masivo-co");
/// assert!(Source::new("Masivo Colombia").is_err());
/// # Ok::<(), laurel_store::InvalidSource>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source(Arc<str>);

/// A name that is not 1 to 64 of `a-z`, `0-9`, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a source's name is 1 to 64 of a-z, 0-9, - and _, not {0:?}")]
pub struct InvalidSource(String);

impl Source {
    /// Checks a name.
    ///
    /// # Errors
    /// [`InvalidSource`] where it is empty, too long, or holds any other character: it stands in paths and labels.
    pub fn new(name: &str) -> Result<Self, InvalidSource> {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if (1..=64).contains(&name.len()) && name.bytes().all(plain) {
            Ok(Self(name.into()))
        } else {
            Err(InvalidSource(name.chars().take(80).collect()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_not_stand_in_a_path_are_refused() {
        for name in ["", "Masivo", "a/b", "a b", "é", &"a".repeat(65)] {
            assert!(Source::new(name).is_err(), "{name}");
        }
        assert_eq!(
            Source::new("masivo-co_2").expect("a name").as_str(),
            "masivo-co_2"
        );
    }
}
