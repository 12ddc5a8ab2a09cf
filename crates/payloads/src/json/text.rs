//! The content of a JSON string, out of its escapes and back into the fewest.

/// Undoes the escapes of a scanned string's content; nothing where half a surrogate pair stands
/// alone, which no Rust string can hold.
pub(super) fn unescape(content: &str) -> Option<String> {
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (character, length) = escape(&rest[at + 1..])?;
        text.push(character);
        rest = &rest[at + 1 + length..];
    }
    text.push_str(rest);
    Some(text)
}

/// The character that an escape stands for, and the escape's length without its backslash.
fn escape(rest: &str) -> Option<(char, usize)> {
    let simple = match rest.as_bytes().first()? {
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

fn unicode(rest: &str) -> Option<(char, usize)> {
    let unit = code_unit(rest)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((character, 5));
    }
    let low = code_unit(rest.get(5..)?.strip_prefix('\\')?)?;
    if !is_high(unit) || !is_low(low) {
        return None;
    }
    let scalar = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    Some((char::from_u32(scalar)?, 11))
}

/// The UTF-16 code unit of a `uXXXX`.
pub(super) fn code_unit(rest: &str) -> Option<u32> {
    let digits = rest.strip_prefix('u')?.get(..4)?;
    let all_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all_hexadecimal.then(|| u32::from_str_radix(digits, 16).ok())?
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
    for &byte in text.as_bytes() {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            0..0x20 => out.extend(format!("\\u{byte:04x}").into_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
