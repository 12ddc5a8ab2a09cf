//! Queries of hostile shapes.

/// Something so many times, numbered.
pub(super) fn numbered(count: usize, one: impl Fn(usize) -> String) -> String {
    (0..count).map(one).collect()
}

/// Fragments each of which spreads the next so many times, on a root.
pub(super) fn fan(kind: &str, root: &str, fragments: usize, spreads: usize) -> String {
    let opening = format!("{kind} {{ {} }} ", "...f0 ".repeat(spreads));
    let fragment = |at: usize| {
        let inner = if at + 1 == fragments {
            "__typename".to_owned()
        } else {
            format!("...f{} ", at + 1).repeat(spreads)
        };
        format!("fragment f{at} on {root} {{ {inner} }} ")
    };
    opening + &numbered(fragments, fragment)
}

/// Pages within pages, a size for each: the customers, and the histories of the histories' customers.
pub(super) fn pages(sizes: &[&str]) -> String {
    let page = |size: &str| {
        if size.is_empty() {
            String::new()
        } else {
            format!("({size})")
        }
    };
    let (first, rest) = sizes.split_first().expect("a size");
    let mut inner = "id".to_owned();
    for (at, size) in rest.iter().enumerate().rev() {
        let history = format!("history{} {{ nodes {{ {inner} }} }}", page(size));
        inner = if at == 0 {
            history
        } else {
            format!("customer {{ {history} }}")
        };
    }
    format!("customers{} {{ nodes {{ {inner} }} }}", page(first))
}
