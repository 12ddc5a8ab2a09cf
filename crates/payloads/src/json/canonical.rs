//! The canonical form: equal bytes for equal content, and different bytes for different content.
//!
//! Keys sorted by their bytes, strings with the fewest escapes, numbers as `digits e exponent`. Not
//! RFC 8785, which passes numbers through `f64` and so makes one of `9007199254740993` and
//! `9007199254740992`.

use std::borrow::Cow;

use super::number::{self, Number};
use super::tape::{Kind, Node, Tape};
use super::text;

/// Why a well-formed body does not say one thing only; readers would disagree about it.
///
/// ```
/// use laurel_payloads::json::{Ambiguity, scan};
///
/// let place = "data.code".to_owned();
/// let canonical = scan(br#"{"data": {"code": "A", "code": "B"}}"#)?.canonical();
/// assert_eq!(canonical, Err(Ambiguity::DuplicateKey { place }));
/// # Ok::<(), laurel_payloads::json::Malformed>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ambiguity {
    /// An object gives one key twice, compared after unescaping.
    DuplicateKey {
        /// The member's place, as in `data.customer_id`.
        place: String,
    },
    /// A string or key holds half a surrogate pair.
    LoneSurrogate {
        /// The string's place, as in `data.customer.name`.
        place: String,
    },
}

impl Tape<'_> {
    /// The canonical form; none where a number's exponent is beyond an i64.
    ///
    /// # Errors
    /// The body's first ambiguity.
    pub fn canonical(&self) -> Result<Option<Vec<u8>>, Ambiguity> {
        if let Some(index) = self.lone_surrogate {
            return Err(Ambiguity::LoneSurrogate {
                place: self.place(index),
            });
        }
        let mut form = Form {
            bytes: Vec::with_capacity(self.text.len()),
            members: Vec::new(),
            exact: true,
        };
        form.value(self.root())
            .map_err(|Twice(index)| Ambiguity::DuplicateKey {
                place: self.place(index),
            })?;
        Ok(form.exact.then_some(form.bytes))
    }
}

/// The token of a member whose key came before.
struct Twice(usize);

struct Form<'t> {
    bytes: Vec<u8>,
    /// Of the objects that are being written, what is yet to come: the innermost object's last.
    members: Vec<(Cow<'t, str>, Node<'t>)>,
    /// False once a number had no canonical form; the walk goes on, for a duplicate key is worse.
    exact: bool,
}

impl<'t> Form<'t> {
    /// Recursive, and safe to be: the scan bounds the depth.
    fn value(&mut self, node: Node<'t>) -> Result<(), Twice> {
        match node.kind() {
            Kind::Object => self.object(node)?,
            Kind::Array => self.array(node)?,
            Kind::Text { escaped: true } => {
                text::write(&node.text().unwrap_or_default(), &mut self.bytes);
            }
            Kind::Number => self.number(node.raw()),
            Kind::Text { escaped: false } | Kind::Literal => self.as_written(node.raw()),
        }
        Ok(())
    }

    fn object(&mut self, node: Node<'t>) -> Result<(), Twice> {
        let outer = self.members.len();
        self.members.extend(
            node.members()
                .map(|(key, value)| (key.text().unwrap_or_default(), value)),
        );
        let members = &mut self.members[outer..];
        // Backwards, since they are taken from the end.
        members.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
        let mut pairs = members.windows(2).rev();
        if let Some(pair) = pairs.find(|pair| pair[0].0 == pair[1].0) {
            return Err(Twice(pair[0].1.index()));
        }
        self.bytes.push(b'{');
        let mut first = true;
        while self.members.len() > outer
            && let Some((key, value)) = self.members.pop()
        {
            self.comma(&mut first);
            self.key(key);
            self.value(value)?;
        }
        self.bytes.push(b'}');
        Ok(())
    }

    fn key(&mut self, key: Cow<'_, str>) {
        match key {
            // It had no escape, and so needs none.
            Cow::Borrowed(plain) => {
                self.bytes.push(b'"');
                self.as_written(plain);
                self.bytes.push(b'"');
            }
            Cow::Owned(unescaped) => text::write(&unescaped, &mut self.bytes),
        }
        self.bytes.push(b':');
    }

    fn array(&mut self, node: Node<'t>) -> Result<(), Twice> {
        self.bytes.push(b'[');
        let mut first = true;
        for element in node.children() {
            self.comma(&mut first);
            self.value(element)?;
        }
        self.bytes.push(b']');
        Ok(())
    }

    fn comma(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.bytes.push(b',');
        }
    }

    /// What has one spelling only: literals, and strings without an escape.
    fn as_written(&mut self, raw: &str) {
        self.bytes.extend_from_slice(raw.as_bytes());
    }

    fn number(&mut self, raw: &str) {
        match Number::parse(raw) {
            Ok(number) if number == Number::ZERO => self.bytes.push(b'0'),
            Ok(Number {
                negative,
                digits: [whole, fraction],
                exponent,
            }) => {
                let sign = if negative { "-" } else { "" };
                let mut buffer = itoa::Buffer::new();
                let exponent = buffer.format(exponent);
                for part in [sign, whole, fraction, "e", exponent] {
                    self.as_written(part);
                }
            }
            Err(number::Fault::Exponent | number::Fault::Grammar) => self.exact = false,
        }
    }
}
