//! Text on its way into a column.

/// The longest text that a column takes, in bytes. The whole of it stays in the event's body.
const LONGEST: usize = 1024;

/// What stands at the end of a text that was cut.
const CUT: char = '…';

/// Text that both databases can hold: without NUL, which PostgreSQL refuses, and cut at 1 KiB, which then shows.
pub(crate) fn storable(text: &str) -> String {
    cut(text.replace('\0', ""))
}

/// The same for an address: one that holds a NUL must not become somebody's without it.
pub(crate) fn storable_address(text: &str) -> String {
    cut(text.replace('\0', "\u{fffd}"))
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST - CUT.len_utf8()));
        text.push(CUT);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_postgres_cannot_hold_is_left_out_and_a_character_is_never_halved() {
        assert_eq!(storable("a\0b"), "ab");
        for long in ["é".repeat(LONGEST), format!("a{}", "é".repeat(LONGEST))] {
            let cut = storable(&long);
            assert!(cut.len() <= LONGEST && cut.len() > LONGEST - 4);
            assert!(long.starts_with(cut.strip_suffix(CUT).expect("a mark")));
        }
        let whole = "x".repeat(LONGEST);
        assert_eq!(storable(&whole), whole);
    }

    #[test]
    fn an_address_never_becomes_another() {
        assert_eq!(
            storable_address("ana\0@example.com"),
            "ana\u{fffd}@example.com"
        );
    }
}
