//! One linear pass over the query text: bytes, tokens, and brackets inside one another.
//!
//! It reads strings and comments as the parser does, so that no bracket hides from it. An
//! unterminated string is refused here: the parser would read its opening quotes otherwise.

use crate::error::{Code, Refusal};
use crate::settings::Limits;

/// Refuses a text that the parser should not see.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.bytes {
        return Err(Refusal::new(
            Code::TooLarge,
            format!("The query is longer than {} bytes.", limits.bytes),
        ));
    }
    let mut open = 0_usize;
    for (tokens, token) in (1..).zip(Tokens::of(text)) {
        match token?.1 {
            "{" | "[" | "(" => open += 1,
            "}" | "]" | ")" => open = open.saturating_sub(1),
            _ => {}
        }
        if open > limits.brackets {
            let message = format!(
                "The query has more than {} brackets inside one another.",
                limits.brackets
            );
            return Err(Refusal::new(Code::TooDeep, message));
        }
        if tokens > limits.tokens {
            return Err(Refusal::new(
                Code::TooLarge,
                format!("The query has more than {} tokens.", limits.tokens),
            ));
        }
    }
    Ok(())
}

/// The tokens of a text, each with the place of its first byte: strings, words, and single characters of anything else.
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Steps over what is between tokens.
    fn skip(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            self.at += match byte {
                b' ' | b'\t' | b',' | b'\n' | b'\r' => 1,
                b'#' => until(&bytes[self.at..], |b| b == b'\n' || b == b'\r'),
                _ => return,
            };
        }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<(usize, &'a str), Refusal>;

    fn next(&mut self) -> Option<Self::Item> {
        self.skip();
        let start = self.at;
        let rest = &self.text[start..];
        let end = match rest.chars().next()? {
            '"' => match end_of_string(self.text.as_bytes(), start) {
                Some(end) => end,
                None => return Some(Err(unterminated())),
            },
            first => start + until(rest.as_bytes(), |b| !is_word(b)).max(first.len_utf8()),
        };
        self.at = end;
        Some(Ok((start, &self.text[start..end])))
    }
}

/// The place after the string that opens at `start`; none where it does not close.
fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes[start..].starts_with(br#"""""#) {
        return end_of_block_string(bytes, start + 3);
    }
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\n' | b'\r' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// A block string ends at three quotes that no backslash precedes.
fn end_of_block_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(br#"""""#) {
            return Some(at + 3);
        }
        at += if rest.starts_with(br#"\""""#) { 4 } else { 1 };
    }
    None
}

fn until(bytes: &[u8], stop: impl Fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|&byte| stop(byte))
        .unwrap_or(bytes.len())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn unterminated() -> Refusal {
    Refusal::new(
        Code::ParseFailed,
        "The query has a string that is not closed.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<Code> {
        scan(text, &Limits::default())
            .err()
            .map(|refusal| refusal.code)
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let many = "[".repeat(100);
        assert_eq!(code(&format!("{{ a(b: \"{many}\") }} # {many}")), None);
        assert_eq!(
            code(&format!("{{ a(b: \"\"\"{many} \\\"\"\" {many}\"\"\") }}")),
            None
        );
        assert_eq!(code(&format!("{{ a(b: \"\\\"{many}\") }}")), None);
    }

    #[test]
    fn brackets_after_a_string_or_a_comment_count() {
        let many = "[".repeat(100);
        assert_eq!(code(&format!("\"\" {many}")), Some(Code::TooDeep));
        assert_eq!(code(&format!("\"\"\"a\"\"\" {many}")), Some(Code::TooDeep));
        assert_eq!(code(&format!("# a comment\r{many}")), Some(Code::TooDeep));
        assert_eq!(code(&format!("\"\\\\\" {many}")), Some(Code::TooDeep));
    }

    #[test]
    fn a_string_that_does_not_close_is_refused() {
        let many = "[".repeat(2_000);
        for text in ["\"", "\"a\n\"", "\"\"\"", "\"a\\", "\"\"\"\\\"\"\""] {
            assert_eq!(code(text), Some(Code::ParseFailed), "{text}");
            assert_eq!(
                code(&format!("{text}{many}")),
                Some(Code::ParseFailed),
                "{text}"
            );
        }
        assert_eq!(code(&format!("[\"\"\"x\" {many}")), Some(Code::ParseFailed));
    }

    #[test]
    fn bytes_and_tokens_are_bounded() {
        assert_eq!(code(&" ".repeat(64 * 1024)), None);
        assert_eq!(code(&" ".repeat(64 * 1024 + 1)), Some(Code::TooLarge));
        assert_eq!(code(&"a ".repeat(4_096)), None);
        assert_eq!(code(&"a ".repeat(4_097)), Some(Code::TooLarge));
        assert_eq!(code(&"@".repeat(4_097)), Some(Code::TooLarge));
    }
}
