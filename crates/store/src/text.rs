//! Text on its way into a column.

/// The longest text that a column takes, in bytes. The whole of it stays in the event's body.
const LONGEST: usize = 1024;

/// Text that both databases can hold: without NUL, which PostgreSQL refuses, and cut at 1 KiB.
pub(crate) fn storable(text: &str) -> String {
    let mut text = text.replace('\0', "");
    text.truncate(text.floor_char_boundary(LONGEST));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgres_cannot_hold_is_left_out_and_a_character_is_never_halved() {
        assert_eq!(storable("a\0b"), "ab");
        let cut = storable(&"é".repeat(LONGEST));
        assert_eq!(cut.len(), LONGEST);
        assert!(storable(&format!("a{}", "é".repeat(LONGEST))).len() < LONGEST);
    }
}
