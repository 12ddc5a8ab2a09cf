//! The tape that a scan leaves behind: one flat list of tokens, each knowing where its value ends.

use std::borrow::Cow;

use super::{place, text};

/// A body that [`scan`](super::scan) found to be one well-formed JSON object.
///
/// ```
/// use laurel_payloads::json::scan;
///
/// let one = scan(br#"{"b": 1e2, "a": "\u0041"}"#)?;
/// let other = scan(br#"{"a": "A", "b": 100.0}"#)?;
/// assert_eq!(one.canonical(), other.canonical());
/// # Ok::<(), laurel_payloads::json::Malformed>(())
/// ```
#[derive(Debug)]
pub struct Tape<'a> {
    /// The body, byte order mark included, so that offsets are the body's own.
    pub(super) text: &'a str,
    /// Document order; a member is its key's token followed by its value's. Never empty.
    pub(super) tokens: Vec<Token>,
    /// The first string that holds half a surrogate pair.
    pub(super) lone_surrogate: Option<usize>,
}

/// Small, since a body may have one for every two of its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Bytes of the body, quotes and brackets included.
    pub(super) start: u32,
    pub(super) end: u32,
    /// The token after this value and everything in it.
    pub(super) next: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    Array,
    Text { escaped: bool },
    Number,
    Literal,
}

impl Tape<'_> {
    /// The body's object.
    pub(crate) fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// Every value, whatever it is in, and every key.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..self.tokens.len()).map(|index| self.node(index))
    }

    pub(super) fn node(&self, index: usize) -> Node<'_> {
        Node { tape: self, index }
    }

    /// Where a token stands, as in `data.lines[0].amount`.
    pub(super) fn place(&self, index: usize) -> String {
        place::of(self.root(), index)
    }
}

/// One value on a tape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'t> {
    tape: &'t Tape<'t>,
    index: usize,
}

impl<'t> Node<'t> {
    pub(super) fn index(self) -> usize {
        self.index
    }

    fn token(self) -> Token {
        self.tape.tokens[self.index]
    }

    pub(super) fn kind(self) -> Kind {
        self.token().kind
    }

    pub(super) fn next(self) -> usize {
        self.token().next as usize
    }

    pub(crate) fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// The value as it was written.
    pub(crate) fn raw(self) -> &'t str {
        let token = self.token();
        &self.tape.text[token.start as usize..token.end as usize]
    }

    /// A string's content; nothing for other values and for strings with a lone surrogate.
    pub(crate) fn text(self) -> Option<Cow<'t, str>> {
        let Kind::Text { escaped } = self.kind() else {
            return None;
        };
        let raw = self.raw();
        let content = &raw[1..raw.len() - 1];
        if escaped {
            text::unescape(content).map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(content))
        }
    }

    /// The values directly inside, in document order: an array's elements, an object's keys and
    /// values in turn.
    pub(super) fn children(self) -> impl Iterator<Item = Node<'t>> {
        let Node { tape, index } = self;
        let end = self.next();
        let mut at = index + 1;
        std::iter::from_fn(move || {
            let child = (at < end).then_some(Node { tape, index: at })?;
            at = child.next();
            Some(child)
        })
    }

    /// An object's members, in document order.
    pub(crate) fn members(self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        let mut children = self.children();
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// An object's member by its unescaped key; nothing where the key is missing or given twice.
    pub(crate) fn get(self, key: &str) -> Option<Node<'t>> {
        let mut found = self
            .members()
            .filter(|(name, _)| name.text().is_some_and(|text| text == key));
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }
}
