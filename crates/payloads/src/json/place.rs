//! Where a value stands in a body, in words that are safe to store, log and show.

use super::tape::{Kind, Node};

/// Long enough for every place that Masivo documents, short enough for a log line.
const MAX_LENGTH: usize = 256;
/// An unknown key may be anything, a whole customer's data included.
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
    let step = key
        .text()
        .map_or_else(|| "?".to_owned(), |text| printable(&text));
    // A fault in the key itself ends the walk at the key.
    Some((step, if target == key.index() { key } else { value }))
}

fn printable(key: &str) -> String {
    let mut step: String = key
        .chars()
        .take(MAX_KEY)
        .map(|character| {
            if character.is_control() {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect();
    if key.chars().nth(MAX_KEY).is_some() {
        step.push('…');
    }
    step
}
