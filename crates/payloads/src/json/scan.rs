//! The scan: RFC 8259 to the letter, in one pass without recursion.

use std::fmt;

use super::number;
use super::tape::{Kind, Tape, Token};
use super::text::{code_unit, is_high, is_low, plain};

/// How many objects and arrays may stand inside one another, the body's own object included.
///
/// ```
/// use laurel_payloads::json::{MAX_DEPTH, scan};
///
/// let nested = |depth| format!("{}{}", r#"{"a":"#.repeat(depth - 1), "{}") + &"}".repeat(depth - 1);
/// assert!(scan(nested(MAX_DEPTH).as_bytes()).is_ok());
/// assert!(scan(nested(MAX_DEPTH + 1).as_bytes()).is_err());
/// ```
pub const MAX_DEPTH: usize = 128;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Bytes of a body for each of its tokens, more or less, in what Masivo sends: the tape's first guess.
const BYTES_A_TOKEN: usize = 16;

/// Why a body is refused: it is no JSON object that a reader could be handed.
///
/// ```
/// let malformed = laurel_payloads::json::scan(b"[1]").err();
/// assert_eq!(malformed.map(|why| (why.fault.as_str(), why.offset)), Some(("not_object", 0)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{fault} at byte {offset}")]
pub struct Malformed {
    /// What is wrong.
    pub fault: Fault,
    /// Where, in bytes from the body's start.
    pub offset: usize,
}

/// What is wrong with a body.
///
/// ```
/// use laurel_payloads::json::{Fault, scan};
///
/// assert_eq!(scan(b" \n").err().map(|why| why.fault), Some(Fault::Empty));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Breaks the grammar of RFC 8259, or goes on after its end.
    NotJson,
    /// JSON, but an array, a string, a number or a literal.
    NotObject,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// Not UTF-8.
    NotUtf8,
    /// Nothing but white space.
    Empty,
    /// Of 4 GiB or more, which no server is configured to take.
    TooLong,
}

impl Fault {
    /// A stable name for problem documents, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotJson | Self::Empty | Self::TooLong => "malformed",
            Self::NotObject => "not_object",
            Self::TooDeep => "too_deep",
            Self::NotUtf8 => "not_utf8",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "not JSON",
            Self::NotObject => "not a JSON object",
            Self::TooDeep => "nested too deep",
            Self::NotUtf8 => "not UTF-8",
            Self::Empty => "empty",
            Self::TooLong => "too long",
        })
    }
}

/// Checks a body and lays out its tape. A byte order mark is skipped.
///
/// Takes time and memory in proportion to the body, and no stack, whatever the body.
///
/// # Errors
/// The first fault, with its place.
///
/// ```
/// use laurel_payloads::json::scan;
///
/// assert!(scan(br#"{"event": "COUPON_REDEMPTION"}"#).is_ok());
/// assert!(scan(br#"{"event": "COUPON_REDEMPTION",}"#).is_err());
/// ```
pub fn scan(body: &[u8]) -> Result<Tape<'_>, Malformed> {
    if u32::try_from(body.len()).is_err() {
        return Err(Malformed {
            fault: Fault::TooLong,
            offset: 0,
        });
    }
    let text = std::str::from_utf8(body).map_err(|error| Malformed {
        fault: Fault::NotUtf8,
        offset: error.valid_up_to(),
    })?;
    let at = if text.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    };
    let mut scanner = Scanner {
        bytes: body,
        tape: Tape {
            text,
            tokens: Vec::with_capacity(body.len() / BYTES_A_TOKEN + 1),
            lone_surrogate: None,
        },
        at,
        open: [0; MAX_DEPTH],
        depth: 0,
    };
    scanner.whitespace();
    let start = scanner.at;
    if scanner.peek().is_none() {
        return Err(scanner.fault(Fault::Empty));
    }
    scanner.document()?;
    if scanner.tape.tokens[0].kind == Kind::Object {
        Ok(scanner.tape)
    } else {
        Err(Malformed {
            fault: Fault::NotObject,
            offset: start,
        })
    }
}

struct Scanner<'a> {
    /// The tape's text.
    bytes: &'a [u8],
    tape: Tape<'a>,
    at: usize,
    /// The tokens of the containers that are open here.
    open: [usize; MAX_DEPTH],
    depth: usize,
}

impl Scanner<'_> {
    fn document(&mut self) -> Result<(), Malformed> {
        loop {
            let mut complete = self.value()?;
            while complete {
                if self.depth == 0 {
                    self.whitespace();
                    return self
                        .peek()
                        .map_or(Ok(()), |_| Err(self.fault(Fault::NotJson)));
                }
                complete = self.after_value()?;
            }
        }
    }

    /// Reads a value, or only the beginning of one: false while its container is still open.
    fn value(&mut self) -> Result<bool, Malformed> {
        self.whitespace();
        match self.peek() {
            Some(b'{') => return self.container(Kind::Object),
            Some(b'[') => return self.container(Kind::Array),
            Some(b'"') => self.string()?,
            Some(b't') => self.literal("true")?,
            Some(b'f') => self.literal("false")?,
            Some(b'n') => self.literal("null")?,
            _ => self.number()?,
        }
        Ok(true)
    }

    fn container(&mut self, kind: Kind) -> Result<bool, Malformed> {
        if self.depth == MAX_DEPTH {
            return Err(self.fault(Fault::TooDeep));
        }
        self.open[self.depth] = self.tape.tokens.len();
        self.depth += 1;
        // Its end is known when it closes.
        self.push(kind, self.at, self.at);
        self.at += 1;
        self.whitespace();
        if self.closes(kind) {
            self.close();
            return Ok(true);
        }
        if kind == Kind::Object {
            self.key()?;
        }
        Ok(false)
    }

    /// What follows a value inside a container: true where that container ends too.
    fn after_value(&mut self) -> Result<bool, Malformed> {
        let kind = self.tape.tokens[self.open[self.depth - 1]].kind;
        self.whitespace();
        if self.closes(kind) {
            self.close();
            return Ok(true);
        }
        self.expect(b',')?;
        if kind == Kind::Object {
            self.whitespace();
            self.key()?;
        }
        Ok(false)
    }

    fn closes(&self, kind: Kind) -> bool {
        self.peek() == Some(if kind == Kind::Object { b'}' } else { b']' })
    }

    fn close(&mut self) {
        self.at += 1;
        self.depth -= 1;
        let next = small(self.tape.tokens.len());
        let token = &mut self.tape.tokens[self.open[self.depth]];
        token.end = small(self.at);
        token.next = next;
    }

    fn key(&mut self) -> Result<(), Malformed> {
        self.string()?;
        self.whitespace();
        self.expect(b':')
    }

    fn string(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        let mut escaped = false;
        self.expect(b'"')?;
        loop {
            self.at += plain(self.rest());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.fault(Fault::NotJson)),
            }
        }
        self.at += 1;
        self.push(Kind::Text { escaped }, start, self.at);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => self.unicode_escape()?,
            _ => return Err(self.fault(Fault::NotJson)),
        }
        Ok(())
    }

    fn unicode_escape(&mut self) -> Result<(), Malformed> {
        let unit = code_unit(self.rest()).ok_or_else(|| self.fault(Fault::NotJson))?;
        self.at += 5;
        let follower = self.rest().strip_prefix(b"\\").and_then(code_unit);
        if is_high(unit) && follower.is_some_and(is_low) {
            self.at += 6;
        } else if is_high(unit) || is_low(unit) {
            // The string's own token is pushed when it ends.
            self.tape
                .lone_surrogate
                .get_or_insert(self.tape.tokens.len());
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Malformed> {
        let length = number::length(self.rest());
        let length = length.ok_or_else(|| self.fault(Fault::NotJson))?;
        self.push(Kind::Number, self.at, self.at + length);
        self.at += length;
        Ok(())
    }

    fn literal(&mut self, word: &str) -> Result<(), Malformed> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.fault(Fault::NotJson));
        }
        self.push(Kind::Literal, self.at, self.at + word.len());
        self.at += word.len();
        Ok(())
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        self.tape.tokens.push(Token {
            kind,
            start: small(start),
            end: small(end),
            next: small(self.tape.tokens.len() + 1),
        });
    }

    fn whitespace(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() != Some(byte) {
            return Err(self.fault(Fault::NotJson));
        }
        self.at += 1;
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// What is left.
    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn fault(&self, fault: Fault) -> Malformed {
        Malformed {
            fault,
            offset: self.at,
        }
    }
}

/// An offset or a number of tokens, as the tape keeps it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a body that is longer is not scanned, and a token has at least a byte"
)]
fn small(number: usize) -> u32 {
    number as u32
}
