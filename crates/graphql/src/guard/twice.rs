//! An input object's field that stands twice (§5.6.3). The parser keeps the last of them and forgets that there was another,
//! so the text is looked at.

use std::collections::HashSet;

use async_graphql::Pos;

use super::scan::Tokens;
use crate::error::{Code, Refusal};

/// A bracket that is open.
struct Open<'a> {
    /// Whether it stands between parentheses: what braces enclose there is a value and not a selection.
    of_values: bool,
    is_object: bool,
    fields: HashSet<&'a str>,
}

/// Refuses an object with a field that stands twice. The text is one that the parser has read.
pub(super) fn check(text: &str) -> Result<(), Refusal> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut last = "";
    for token in Tokens::of(text) {
        let (start, token) = token?;
        match token {
            "(" | "{" | "[" => {
                let inside = open.last().is_some_and(|outer| outer.of_values);
                open.push(Open {
                    of_values: inside || token == "(",
                    is_object: inside && token == "{",
                    fields: HashSet::new(),
                });
            }
            ")" | "}" | "]" => drop(open.pop()),
            ":" => {
                if let Some(object) = open.last_mut().filter(|inner| inner.is_object)
                    && !object.fields.insert(last)
                {
                    let message = format!("The field {last:?} stands twice in an object.");
                    return Err(
                        Refusal::new(Code::ValidationFailed, message).at(place(text, start))
                    );
                }
            }
            _ => last = token,
        }
    }
    Ok(())
}

/// The line and the column of a byte, both from 1 on.
fn place(text: &str, byte: usize) -> Pos {
    let before = &text[..byte];
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    let ends = before.replace("\r\n", "\n");
    Pos {
        line: 1 + ends.matches(['\n', '\r']).count(),
        column: 1 + line.chars().count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<(usize, usize)> {
        let refusal = check(text).err()?;
        assert_eq!(refusal.code, Code::ValidationFailed);
        refusal.place.map(|place| (place.line, place.column))
    }

    #[test]
    fn a_field_that_stands_twice_in_an_object_is_found_wherever_it_is() {
        for text in [
            "{ a(b: {c: 1, c: 1}) }",
            "{ a(b: {c: 1 d: {e: [1] f: \"c:\"} c: 2}) }",
            "{ x: a(b: [[{c: 1}, {d: {c: $c, c: $c}}]]) }",
            "query($v: In = {c: 1, c: 2}) { a }",
            "query @d(b: {c: 1, c: 2}) { a }",
            "{ ... @d(b: {c: 1, #}\n c: 2}) { a } }",
            "{ a(b: {c: \"\"\"}\"\"\", c: 1}) } fragment f on T { a }",
            "query q { a } fragment f on T { a(b: {c: null, c: null}) }",
        ] {
            assert!(at(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_is_no_object_may_repeat_its_names() {
        for text in [
            "{ a: b a: b b { c: d c: d } }",
            "{ a(b: {c: {c: {c: 1}}}, d: [{c: 1}, {c: 2}]) e(b: {c: 1}) }",
            "query($a: T, $b: T = {a: 1, b: {a: 1}}) { a(b: {a: \"a: 1, a: 2\", b: a}) }",
            "{ a(b: {c: 1} # , c: 2\n) }",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn its_place_is_told_as_editors_count() {
        assert_eq!(at("{ a(b: {c: 1, c: 1}) }"), Some((1, 16)));
        assert_eq!(at("{\r\n a(b: {\r  c: \"é\", c: 1}) }"), Some((3, 12)));
    }
}
