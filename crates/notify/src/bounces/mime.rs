//! As much of a message's structure as a report has: its head, and one level of parts. What lies deeper is never looked
//! at, so nothing that is nested a thousand times costs more than what it is long.

use mail_parser::{Message, MessageParser, MimeHeaders};

/// The longest head that is read, of a message or of a part.
const LONGEST_HEAD: usize = 64 << 10;
/// The longest part that is read.
const LONGEST_PART: usize = 64 << 10;
/// A report has three.
const MOST_PARTS: usize = 10;

/// A message or a part of one: its head and what follows.
pub(super) struct Entity<'a> {
    pub(super) head: Message<'a>,
    body: &'a [u8],
}

impl<'a> Entity<'a> {
    /// None where there is no head to speak of.
    pub(super) fn of(raw: &'a [u8]) -> Option<Self> {
        let (head, body) = raw.split_at(end_of_head(raw));
        let head = fields(head)?;
        Some(Self { head, body })
    }

    /// Its type, such as `message/delivery-status`, in lower case.
    pub(super) fn kind(&self) -> Option<String> {
        let kind = self.head.content_type()?;
        let kind = format!("{}/{}", kind.ctype(), kind.subtype()?);
        Some(kind.to_ascii_lowercase())
    }

    /// A parameter of its type.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.head.content_type()?.attribute(name)
    }

    /// What follows its head, as it stands there.
    pub(super) fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Its parts, the first few.
    pub(super) fn parts(&self) -> impl Iterator<Item = Entity<'a>> {
        let boundary = self.parameter("boundary").unwrap_or_default();
        let parts = if boundary.is_empty() {
            Vec::new()
        } else {
            split(self.body, boundary.as_bytes())
        };
        parts.into_iter().filter_map(Entity::of)
    }
}

/// The fields of a head, or of a group of fields that is written like one.
pub(super) fn fields(head: &[u8]) -> Option<Message<'_>> {
    let head = head.get(..LONGEST_HEAD).unwrap_or(head);
    MessageParser::new()
        .with_mime_headers()
        .default_header_text()
        .parse_headers(head)
}

/// A field's value in one line.
pub(super) fn value<'a>(fields: &'a Message<'_>, name: &'static str) -> Option<&'a str> {
    let text = fields.header(name)?.as_text()?.trim();
    (!text.is_empty()).then_some(text)
}

/// Every value of a field that may stand there more than once.
pub(super) fn values<'a>(
    fields: &'a Message<'_>,
    name: &'static str,
) -> impl Iterator<Item = &'a str> {
    fields
        .header_values(name)
        .filter_map(|value| value.as_text())
}

/// Where the head ends: behind its blank line.
fn end_of_head(raw: &[u8]) -> usize {
    let mut at = 0;
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        at += line.len();
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
    }
    at
}

/// The parts between the lines `--boundary` (RFC 2046 §5.1.1).
fn split<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let (mut parts, mut begin, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let next = at + line.len();
        let rest = line
            .strip_prefix(b"--")
            .and_then(|rest| rest.strip_prefix(boundary));
        if let Some(rest) = rest.map(<[u8]>::trim_ascii_end)
            && (rest.is_empty() || rest == b"--")
        {
            parts.extend(begin.map(|begin| part(body, begin, at)));
            begin = rest.is_empty().then_some(next);
            if begin.is_none() || parts.len() >= MOST_PARTS {
                return parts;
            }
        }
        at = next;
    }
    // The end was cut off.
    parts.extend(begin.map(|begin| part(body, begin, at)));
    parts
}

fn part(body: &[u8], begin: usize, end: usize) -> &[u8] {
    &body[begin..end.min(begin + LONGEST_PART)]
}
