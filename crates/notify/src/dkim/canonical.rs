//! The `relaxed` canonical form of RFC 6376 §3.4: what a relay may do to white space does not break a signature.

use ring::digest::{Digest, SHA256, digest};

/// A header, name and value, as `name:value` without its line's end.
pub(super) fn header(name: &str, value: &str) -> String {
    let words: Vec<_> = value.split_ascii_whitespace().collect();
    format!("{}:{}", name.trim().to_ascii_lowercase(), words.join(" "))
}

/// The SHA-256 of a body.
pub(super) fn body_hash(body: &[u8]) -> Digest {
    let mut canonical = Vec::with_capacity(body.len());
    let (mut line_ends, mut is_empty) = (0, true);
    for line in lines(body) {
        let mut words = line
            .split(|byte| is_blank(*byte))
            .filter(|word| !word.is_empty());
        let Some(first) = words.next() else {
            // Empty lines count where another line follows.
            line_ends += 1;
            continue;
        };
        for _ in 0..line_ends {
            canonical.extend_from_slice(b"\r\n");
        }
        if line.first().is_some_and(|byte| is_blank(*byte)) {
            canonical.push(b' ');
        }
        canonical.extend_from_slice(first);
        for word in words {
            canonical.push(b' ');
            canonical.extend_from_slice(word);
        }
        (line_ends, is_empty) = (1, false);
    }
    if !is_empty {
        canonical.extend_from_slice(b"\r\n");
    }
    digest(&SHA256, &canonical)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    body.split_inclusive(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r\n").unwrap_or(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Vec<u8> {
        body_hash(text.as_bytes()).as_ref().to_vec()
    }

    fn sha256(text: &str) -> Vec<u8> {
        digest(&SHA256, text.as_bytes()).as_ref().to_vec()
    }

    /// The examples of RFC 6376 §3.4.5.
    #[test]
    fn white_space_does_not_count() {
        assert_eq!(header("A", " X\r\n"), "a:X");
        assert_eq!(header("B ", " Y\t\r\n\tZ  \r\n"), "b:Y Z");
        assert_eq!(body(" C \r\nD \t E\r\n\r\n\r\n"), sha256(" C\r\nD E\r\n"));
    }

    #[test]
    fn an_empty_body_is_nothing_and_a_last_line_gets_its_end() {
        assert_eq!(body(""), sha256(""));
        assert_eq!(body("\r\n \r\n\r\n"), sha256(""));
        assert_eq!(body("a"), sha256("a\r\n"));
        assert_eq!(
            body("a\r\n\r\n\r\nb\t\r\n\r\n"),
            sha256("a\r\n\r\n\r\nb\r\n")
        );
    }
}
