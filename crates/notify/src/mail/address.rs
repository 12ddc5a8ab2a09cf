//! Which addresses mail is sent to: the plain ones that every relay takes.

use lettre::Address;

/// An address that no mail is sent to. It does not repeat the address.
///
/// ```
/// use laurel_notify::mail::{InvalidAddress, mail_address};
///
/// assert_eq!(mail_address("Ana <ana@example.com>"), Err(InvalidAddress));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a plain mail address")]
pub struct InvalidAddress;

/// Longest address that fits into a path of 256 with its angle brackets (RFC 5321 §4.5.3.1.3).
const LONGEST: usize = 254;
/// Longest part before the @ (RFC 5321 §4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// Longest label of a domain (RFC 1035 §2.3.4).
const LONGEST_LABEL: usize = 63;

/// Reads an address of the plain kind: ASCII, a dot-atom, `@`, and a domain of two labels or more.
///
/// ```
/// use laurel_notify::mail::mail_address;
///
/// assert_eq!(mail_address("ana@example.com")?.domain(), "example.com");
/// assert!(mail_address("ana@localhost").is_err());
/// # Ok::<(), laurel_notify::mail::InvalidAddress>(())
/// ```
///
/// # Errors
///
/// Everything else that RFC 5322 knows (quoted local parts, literals, comments, lists) and the
/// addresses of RFC 6531: a customer's address of that kind is a mistake or an attack far more
/// often than an address.
pub fn mail_address(text: &str) -> Result<Address, InvalidAddress> {
    let (local, domain) = text.rsplit_once('@').ok_or(InvalidAddress)?;
    let plain = text.len() <= LONGEST && is_dot_atom(local) && is_domain(domain);
    if !plain {
        return Err(InvalidAddress);
    }
    Address::new(local, domain).map_err(|_| InvalidAddress)
}

/// RFC 5322 §3.2.3.
fn is_dot_atom(local: &str) -> bool {
    let is_atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atext);
    local.len() <= LONGEST_LOCAL && local.split('.').all(is_atom)
}

/// Letters, digits and hyphens (RFC 1123 §2.1), and a last label that is no number: that would be
/// an IPv4 address.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last_is_a_number = |last: &str| last.bytes().all(|b| b.is_ascii_digit());
    domain.split('.').all(is_label)
        && domain
            .rsplit_once('.')
            .is_some_and(|(_, last)| !last_is_a_number(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken() {
        for text in [
            "ana@example.com",
            "ana.perez+club@mail.example.co",
            "o'neil@xn--caf-dma.example",
            "A_B@EXAMPLE.com",
        ] {
            assert_eq!(mail_address(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn e3_everything_else_is_not_written_to() {
        let long = format!("{}@example.com", "a".repeat(310));
        let long_domain = format!("a@{}.com", "b.".repeat(130));
        let refused = [
            "",
            "@",
            "ana",
            "a@b",
            "@example.com",
            "ana@",
            "\"a b\"@example.com",
            "ana@exämple.com",
            "añá@example.com",
            "a@example.com,b@example.com",
            "a@example.com\r\nBcc: b@example.com",
            "<a@b.com> SIZE=1",
            "a@[127.0.0.1]",
            "a@127.0.0.1",
            "a..b@example.com",
            ".a@example.com",
            "a@-b.com",
            "a@b..com",
            "Ana <a@example.com>",
            "a@b@example.com",
            " a@example.com",
            "a@example.com ",
            "a@example.com.",
            &long,
            &long_domain,
        ];
        for text in refused {
            assert_eq!(mail_address(text), Err(InvalidAddress), "{text:?}");
        }
    }
}
