//! A mail that asks for no more mails: the answer to the `mailto:` of `List-Unsubscribe`.

use super::mime::{Entity, value};

/// The letters of a link's token.
const TOKEN: usize = 43;
/// More words than such a subject has, whatever `Re:` stands before them.
const MOST_WORDS: usize = 16;

/// What may be tokens in the subject of a message.
pub(super) fn tokens(raw: &[u8]) -> Vec<String> {
    let Some(message) = Entity::of(raw) else {
        return Vec::new();
    };
    let subject = value(&message.head, "Subject").unwrap_or_default();
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let words = subject.split_whitespace().take(MOST_WORDS);
    let tokens = words.filter(|word| word.len() == TOKEN && word.bytes().all(is_letter));
    tokens.map(str::to_owned).collect()
}
