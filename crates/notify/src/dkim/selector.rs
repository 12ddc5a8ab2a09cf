//! `Selector`: the name of a key within its domain.

use std::fmt;
use std::str::FromStr;

/// The name under which a domain publishes a key (RFC 6376 §3.1): one or more labels of a domain name.
///
/// ```
/// use laurel_notify::dkim::Selector;
///
/// let selector: Selector = "laurel-2026".parse()?;
/// assert_eq!(selector.record_name("example.com"), "laurel-2026._domainkey.example.com");
/// # Ok::<(), laurel_notify::dkim::InvalidSelector>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selector(String);

/// A text that no key can be published under.
///
/// ```
/// use laurel_notify::dkim::{InvalidSelector, Selector};
///
/// assert_eq!("laurel_2026".parse::<Selector>(), Err(InvalidSelector));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no selector: letters, digits and hyphens, in parts with dots between them, such as laurel-2026"
)]
pub struct InvalidSelector;

/// Longest label of a domain (RFC 1035 §2.3.4), and more of them than anybody needs.
const LONGEST_LABEL: usize = 63;
const LONGEST: usize = 127;

impl FromStr for Selector {
    type Err = InvalidSelector;

    fn from_str(text: &str) -> Result<Self, InvalidSelector> {
        let is_label = |label: &str| {
            let mut bytes = label.bytes();
            (1..=LONGEST_LABEL).contains(&label.len())
                && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if text.len() <= LONGEST && text.split('.').all(is_label) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSelector)
        }
    }
}

impl Selector {
    /// The name in the DNS that the key's record stands under.
    #[must_use]
    pub fn record_name(&self, domain: &str) -> String {
        format!("{self}._domainkey.{domain}")
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_is_part_of_a_domain_name() {
        for text in ["laurel", "laurel-2026", "s1.eu"] {
            let selector: Selector = text.parse().unwrap();
            assert_eq!(
                selector.record_name("example.com"),
                format!("{text}._domainkey.example.com")
            );
        }
        for text in [
            "",
            "a b",
            "a;",
            "-a",
            "a.",
            "a..b",
            "ñ",
            "a\r\nb",
            &"a".repeat(64),
        ] {
            assert_eq!(text.parse::<Selector>(), Err(InvalidSelector), "{text:?}");
        }
    }
}
