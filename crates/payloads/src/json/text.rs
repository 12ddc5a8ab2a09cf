//! The content of a JSON string, out of its escapes and back into the fewest.

use std::borrow::Cow;

/// The content of a value's JSON text, where that is a string that a Rust string can hold.
pub(crate) fn content(raw: &str) -> Option<Cow<'_, str>> {
    let content = raw.strip_prefix('"')?.strip_suffix('"')?;
    if content.contains('\\') {
        unescape(content).map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(content))
    }
}

/// How many bytes of a string, from its start, stand for themselves: no quote, no backslash, no
/// control character.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes[at..].first_chunk() {
        let special = special(u64::from_le_bytes(*eight));
        if special != 0 {
            return at + special.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let is_plain = |byte: &&u8| !matches!(byte, 0..0x20 | b'"' | b'\\');
    at + bytes[at..].iter().take_while(is_plain).count()
}

/// The high bit of the first of eight bytes that does not stand for itself; none where all do.
/// Beyond that first one a borrow may set others.
fn special(eight: u64) -> u64 {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    let below = |bytes: u64, bound: u64| bytes.wrapping_sub(EACH * bound) & !bytes;
    let is = |byte: u8| below(eight ^ (EACH * u64::from(byte)), 1);
    (below(eight, 0x20) | is(b'"') | is(b'\\')) & (EACH << 7)
}

/// Undoes the escapes of a scanned string's content; nothing where half a surrogate pair stands
/// alone, which no Rust string can hold.
pub(super) fn unescape(content: &str) -> Option<String> {
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (character, length) = escape(&rest.as_bytes()[at + 1..])?;
        text.push(character);
        rest = &rest[at + 1 + length..];
    }
    text.push_str(rest);
    Some(text)
}

/// The character that an escape stands for, and the escape's length without its backslash.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let simple = match rest.first()? {
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(rest),
        other => char::from(*other),
    };
    Some((simple, 1))
}

fn unicode(rest: &[u8]) -> Option<(char, usize)> {
    let unit = code_unit(rest)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((character, 5));
    }
    let low = code_unit(rest.get(5..)?.strip_prefix(b"\\")?)?;
    if !is_high(unit) || !is_low(low) {
        return None;
    }
    let scalar = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    Some((char::from_u32(scalar)?, 11))
}

/// The UTF-16 code unit of a `uXXXX`.
pub(super) fn code_unit(rest: &[u8]) -> Option<u32> {
    let digits: &[u8; 4] = rest.strip_prefix(b"u")?.first_chunk()?;
    let mut digits = digits.iter().map(|digit| char::from(*digit).to_digit(16));
    digits.try_fold(0, |unit, digit| Some(unit * 16 + digit?))
}

pub(super) fn is_high(unit: u32) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

pub(super) fn is_low(unit: u32) -> bool {
    (0xDC00..0xE000).contains(&unit)
}

/// Writes a string with the fewest escapes, so that equal content is equal bytes.
pub(super) fn write(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let (plain, special) = rest.split_at(plain(rest));
        out.extend_from_slice(plain);
        let Some((byte, after)) = special.split_first() else {
            break;
        };
        write_escape(*byte, out);
        rest = after;
    }
    out.push(b'"');
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if byte < 0x20 {
        let [high, low] = [byte >> 4, byte & 0xf].map(|digit| DIGITS[usize::from(digit)]);
        out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
    } else {
        out.extend_from_slice(&[b'\\', byte]);
    }
}
