//! The `DKIM-Signature` header: which headers it covers, and how it is written.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use laurel_payloads::Timestamp;

use super::{Signer, canonical};

/// The headers that are covered where a mail has them. What a mail is about, who it is from and to, how it is read, and
/// what its links to unsubscribe are (RFC 8058 §4 wants those covered).
const COVERED: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "Feedback-ID",
    "X-Laurel-Message",
];

/// The headers that are covered once more than a mail has them, so that nobody can add another one (RFC 6376 §8.15):
/// readers differ in which of two they show.
const SEALED: &[&str] = &[
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Content-Type",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// As much of `h=` and `b=` as stands in a line.
const LINE: usize = 70;

/// A message, ready to be signed by any number of keys.
pub(super) struct Signed {
    names: Vec<&'static str>,
    headers: String,
    body_hash: String,
}

impl Signed {
    pub(super) fn of(raw: &[u8]) -> Self {
        let end = raw.windows(4).position(|end| end == b"\r\n\r\n");
        let (head, body) = end.map_or((raw, &raw[..0]), |end| (&raw[..end + 2], &raw[end + 4..]));
        let head = String::from_utf8_lossy(head);
        let headers: Vec<_> = unfolded(&head);
        let (mut names, mut text) = (Vec::new(), String::new());
        for name in COVERED {
            // Of several, the last comes first (RFC 6376 §5.4.2).
            let values = headers.iter().rev();
            for (_, value) in values.filter(|(is, _)| is.eq_ignore_ascii_case(name)) {
                names.push(*name);
                text += &canonical::header(name, value);
                text += "\r\n";
            }
        }
        names.extend(SEALED);
        Self {
            names,
            headers: text,
            body_hash: BASE64.encode(canonical::body_hash(body)),
        }
    }

    /// The header of one key's signature, with its line's end.
    pub(super) fn by(&self, signer: &Signer, domain: &str, now: Timestamp) -> String {
        let names = folded(&self.names.join(":"), ':');
        let value = format!(
            "v=1; a={algorithm}; c=relaxed/relaxed;\r\n d={domain};\r\n s={selector}; t={time};\r\n \
             h={names};\r\n bh={hash};\r\n b=",
            algorithm = signer.key.algorithm(),
            selector = signer.selector,
            time = now.micros() / 1_000_000,
            hash = self.body_hash,
        );
        let covered = self.headers.clone() + &canonical::header("DKIM-Signature", &value);
        let signature = signer.key.sign(covered.as_bytes());
        let lines: Vec<_> = signature.as_bytes().chunks(LINE).collect();
        let lines = lines.into_iter().map(String::from_utf8_lossy);
        let signature = lines.collect::<Vec<_>>().join("\r\n  ");
        format!("DKIM-Signature: {value}{signature}\r\n")
    }
}

/// The headers of a message, each as its name and its value as it stands.
fn unfolded(head: &str) -> Vec<(&str, &str)> {
    let mut headers = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let mut end = rest.find("\r\n").map_or(rest.len(), |end| end + 2);
        while rest[end..].starts_with([' ', '\t']) {
            end += rest[end..]
                .find("\r\n")
                .map_or(rest.len() - end, |next| next + 2);
        }
        headers.extend(rest[..end].split_once(':'));
        rest = &rest[end..];
    }
    headers
}

/// A list in lines of [`LINE`], broken after its separators.
fn folded(list: &str, separator: char) -> String {
    let (mut folded, mut column) = (String::new(), 0);
    for item in list.split_inclusive(separator) {
        if column > 0 && column + item.len() > LINE {
            folded += "\r\n  ";
            column = 0;
        }
        folded += item;
        column += item.len();
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_covered_the_last_first_and_sealed_once_more() {
        let raw = b"To: a\r\nFrom: x\r\n y\r\nX-Other: z\r\nTo: b\r\n\r\nbody\r\n";
        let signed = Signed::of(raw);
        assert_eq!(signed.headers, "from:x y\r\nto:b\r\nto:a\r\n");
        assert_eq!(&signed.names[..3], ["From", "To", "To"]);
        assert_eq!(&signed.names[3..], SEALED);
    }

    #[test]
    fn a_long_list_is_folded_after_its_separators() {
        let list = ["List-Unsubscribe-Post"; 5].join(":");
        let folded = folded(&list, ':');
        assert!(
            folded.lines().all(|line| line.len() <= LINE + 2),
            "{folded}"
        );
        assert_eq!(folded.replace("\r\n  ", ""), list);
    }
}
