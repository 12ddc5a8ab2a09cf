//! The canonical form: equal bytes for equal content, and different bytes for different content.
//!
//! Keys sorted by their bytes, strings with the fewest escapes, numbers as `digits e exponent`. Not
//! RFC 8785, which passes numbers through `f64` and so makes one of `9007199254740993` and
//! `9007199254740992`.

use super::number::{self, Number};
use super::tape::{Kind, Node, Tape};
use super::text;

/// Why a well-formed body does not say one thing only; readers would disagree about it.
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

struct Form {
    bytes: Vec<u8>,
    /// False once a number had no canonical form; the walk goes on, for a duplicate key is worse.
    exact: bool,
}

impl Form {
    /// Recursive, and safe to be: the scan bounds the depth.
    fn value(&mut self, node: Node<'_>) -> Result<(), Twice> {
        match node.kind() {
            Kind::Object => self.object(node)?,
            Kind::Array => self.array(node)?,
            Kind::Text { .. } => text::write(&node.text().unwrap_or_default(), &mut self.bytes),
            Kind::Number => self.number(node.raw()),
            Kind::Literal => self.bytes.extend(node.raw().bytes()),
        }
        Ok(())
    }

    fn object(&mut self, node: Node<'_>) -> Result<(), Twice> {
        let mut members: Vec<_> = node
            .members()
            .map(|(key, value)| (key.text().unwrap_or_default(), value))
            .collect();
        members.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        if let Some(pair) = members.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(Twice(pair[1].1.index()));
        }
        self.bytes.push(b'{');
        for (position, (key, value)) in members.iter().enumerate() {
            self.comma(position);
            text::write(key, &mut self.bytes);
            self.bytes.push(b':');
            self.value(*value)?;
        }
        self.bytes.push(b'}');
        Ok(())
    }

    fn array(&mut self, node: Node<'_>) -> Result<(), Twice> {
        self.bytes.push(b'[');
        for (position, element) in node.children().enumerate() {
            self.comma(position);
            self.value(element)?;
        }
        self.bytes.push(b']');
        Ok(())
    }

    fn comma(&mut self, position: usize) {
        if position > 0 {
            self.bytes.push(b',');
        }
    }

    fn number(&mut self, raw: &str) {
        match Number::parse(raw) {
            Ok(Number { digits, .. }) if digits.is_empty() => self.bytes.push(b'0'),
            Ok(Number {
                negative,
                digits,
                exponent,
            }) => {
                let sign = if negative { "-" } else { "" };
                self.bytes
                    .extend(format!("{sign}{digits}e{exponent}").into_bytes());
            }
            Err(number::Fault::Exponent | number::Fault::Grammar) => self.exact = false,
        }
    }
}
