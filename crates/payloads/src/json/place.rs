//! Where a value stands in a body, in words that are safe to store, log and show.

use super::tape::{Kind, Node};

/// Long enough for every place that Masivo documents, short enough for a log line.
const MAX_LENGTH: usize = 256;
/// Longer than every key that Masivo documents.
const MAX_KEY: usize = 40;

/// The path from a container down to one of its tokens, as in `data.lines[0].amount`.
pub(super) fn of(root: Node<'_>, target: usize) -> String {
    let mut place = String::new();
    let mut at = root;
    while at.index() < target && place.len() < MAX_LENGTH {
        let Some((step, child)) = step_towards(at, target) else {
            break;
        };
        if !place.is_empty() && !step.starts_with('[') {
            place.push('.');
        }
        place.push_str(&step);
        at = child;
    }
    place
}

fn step_towards(container: Node<'_>, target: usize) -> Option<(String, Node<'_>)> {
    if container.kind() == Kind::Array {
        let (position, child) = container
            .children()
            .enumerate()
            .find(|(_, child)| target < child.next())?;
        return Some((format!("[{position}]"), child));
    }
    let (key, value) = container
        .members()
        .find(|(_, value)| target < value.next())?;
    let step = key.text().filter(|text| is_plain(text));
    let step = step.map_or_else(|| "?".to_owned(), String::from);
    // A fault in the key itself ends the walk at the key.
    Some((step, if target == key.index() { key } else { value }))
}

/// Keys of free-form objects may be anything, an address included: only plain names are shown.
fn is_plain(key: &str) -> bool {
    key.len() <= MAX_KEY
        && key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
