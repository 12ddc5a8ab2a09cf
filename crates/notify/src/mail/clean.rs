//! Other people's text, made fit for a mail and for a log line.

/// `text` as one line of at most `limit` characters, or `None` where nothing of it can be seen.
///
/// Control characters become spaces, and so do those that reorder the text around them or end a
/// line without being control characters. Runs of spaces become one.
pub(crate) fn cleaned(text: &str, limit: usize) -> Option<String> {
    let spaced: String = text
        .chars()
        .map(|c| if is_unruly(c) { ' ' } else { c })
        .collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars()
        .any(|c| !c.is_whitespace() && !is_invisible(c))
        .then(|| cut(&line, limit))
}

/// A relay's words for a log line or a receipt: one line of at most `limit` characters in which
/// every word that holds an `@` is masked, since relays like to repeat the address.
pub(crate) fn masked(text: &str, limit: usize) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if is_unruly(c) { ' ' } else { c })
        .collect();
    let word = |word| {
        if str::contains(word, '@') {
            "<address>"
        } else {
            word
        }
    };
    cut(
        &spaced
            .split_whitespace()
            .map(word)
            .collect::<Vec<_>>()
            .join(" "),
        limit,
    )
}

/// Cuts at a character, and says so.
fn cut(line: &str, limit: usize) -> String {
    if line.chars().count() <= limit {
        return line.to_owned();
    }
    let kept: String = line.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn is_unruly(c: char) -> bool {
    let ends_line = matches!(c, '\u{2028}' | '\u{2029}');
    let reorders = matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || ends_line || reorders
}

/// Takes no room. Kept inside a text: emoji and some scripts are written with joiners.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{00ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{3164}' | '\u{115f}' | '\u{1160}' | '\u{2800}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_single_spaces() {
        assert_eq!(
            cleaned(" A\r\nBcc: x@y\0\u{2028}z\u{1b}[31m ", 100).as_deref(),
            Some("A Bcc: x@y z [31m")
        );
        assert_eq!(cleaned("a\u{202e}b", 100).as_deref(), Some("a b"));
    }

    #[test]
    fn text_that_cannot_be_seen_is_none() {
        for empty in [
            "",
            "  ",
            "\r\n",
            "\u{200b}\u{200b}",
            "\u{feff} \u{2060}",
            "\u{00a0}",
        ] {
            assert_eq!(cleaned(empty, 100), None, "{empty:?}");
        }
        assert!(cleaned("👩\u{200d}💻", 100).is_some());
    }

    #[test]
    fn long_text_is_cut_by_characters() {
        let cut = cleaned(&"é".repeat(5000), 100).unwrap();
        assert_eq!(cut.chars().count(), 100);
        assert!(cut.ends_with("é…"));
        assert_eq!(cleaned(&"é".repeat(100), 100).unwrap(), "é".repeat(100));
    }

    #[test]
    fn a_reply_loses_its_addresses() {
        let reply =
            "5.1.1 <ana@example.com>: Recipient address rejected;\r\nana@example.com unknown";
        assert_eq!(
            masked(reply, 100),
            "5.1.1 <address> Recipient address rejected; <address> unknown"
        );
    }
}
