//! `ReturnPath`: where relays send what they cannot deliver.

use std::fmt;
use std::str::FromStr;

use lettre::Address;

use super::{InvalidAddress, mail_address};

/// The envelope's sender, where it is not the one whom the mail is from. Each message has its own (VERP): what comes
/// back to `bounces+<id>@example.com` is about the message with that id, whatever it says.
///
/// ```
/// use laurel_notify::mail::{Brands, Composer, ReturnPath};
///
/// let path: ReturnPath = "bounces@example.com".parse()?;
/// let composer = Composer::new("club@example.com", &Brands::default())?.returning_to(Some(path));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath(Address);

impl FromStr for ReturnPath {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        mail_address(text).map(Self)
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ReturnPath {
    /// The address for the message with this id; the plain one where it has none, or the two make no address.
    pub(super) fn of(&self, id: Option<&str>) -> Address {
        let with_id = id.map(|id| format!("{}+{id}@{}", self.0.user(), self.0.domain()));
        with_id
            .and_then(|address| mail_address(&address).ok())
            .unwrap_or_else(|| self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_return_path_of_its_own() {
        let path: ReturnPath = "bounces@example.com".parse().unwrap();
        assert_eq!(path.of(None).to_string(), "bounces@example.com");
        assert_eq!(
            path.of(Some("a1-b2")).to_string(),
            "bounces+a1-b2@example.com"
        );
        assert_eq!(
            path.of(Some(&"a".repeat(70))).to_string(),
            "bounces@example.com"
        );
        assert!("Bounces <b@example.com>".parse::<ReturnPath>().is_err());
    }
}
