//! A second opinion on a body's content: what `serde_json` makes of it, with numbers kept as digits.
//! Plain, recursive and slow.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// What a JSON text says, whatever its spelling.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Literal(String),
    Number(Decimal),
    Text(String),
    List(Vec<Content>),
    Object(BTreeMap<String, Content>),
}

/// `±digits × 10^exponent`, without zeros at either end of the digits; zero has none.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// Why a body says nothing for certain, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Doubt {
    LoneSurrogate,
    DuplicateKey,
    Exponent,
}

impl Content {
    /// What a well-formed text says; where it is in doubt, the worst of the doubts.
    pub(crate) fn of(text: &str) -> Result<Self, Doubt> {
        let mut doubts = BTreeSet::new();
        let content = content(text.trim_start_matches('\u{feff}'), &mut doubts);
        doubts.first().map_or(Ok(content), |worst| Err(*worst))
    }

    /// An object's member.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(key),
            _ => None,
        }
    }

    /// A list's elements; of anything else there are none.
    pub(crate) fn elements(&self) -> &[Self] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// The same content in another spelling: members backwards, texts escaped, numbers below one.
    pub(crate) fn respelt(&self) -> String {
        match self {
            Self::Literal(word) => word.clone(),
            Self::Number(number) => number.respelt(),
            Self::Text(text) => escaped(text),
            Self::List(elements) => {
                let elements: Vec<_> = elements.iter().map(Self::respelt).collect();
                format!("[\t{} ]", elements.join(" , "))
            }
            Self::Object(members) => {
                let members = members.iter().rev();
                let members =
                    members.map(|(key, value)| format!("{}\r:\n{}", escaped(key), value.respelt()));
                format!("{{ {} }}", members.collect::<Vec<_>>().join(" ,\t"))
            }
        }
    }
}

impl Decimal {
    /// Reads a number's text; none where its exponent is beyond an i64.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let fraction = mantissa
            .split_once('.')
            .map_or(0, |(_, digits)| digits.len());
        let all: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        let significant = all.trim_end_matches('0');
        let digits = significant.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self::default());
        }
        let shift = all.len() as i128 - significant.len() as i128 - fraction as i128;
        let exponent = exponent.parse::<i128>().ok()?.checked_add(shift)?;
        Some(Self {
            negative: mantissa.starts_with('-'),
            digits,
            exponent: exponent.try_into().ok()?,
        })
    }

    fn respelt(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        let exponent = i128::from(self.exponent) + self.digits.len() as i128;
        format!("{sign}0.{}00E{exponent:+04}", self.digits)
    }
}

fn escaped(text: &str) -> String {
    let units = text.encode_utf16().map(|unit| format!("\\u{unit:04X}"));
    format!("\"{}\"", units.collect::<String>())
}

fn content(text: &str, doubts: &mut BTreeSet<Doubt>) -> Content {
    let text = text.trim_matches([' ', '\t', '\n', '\r']);
    match text.as_bytes()[0] {
        b'{' => {
            let Members(members) = parsed(text);
            let mut content_of = BTreeMap::new();
            for (key, value) in members {
                let (key, value) = (key.text(doubts), content(value.get(), doubts));
                if content_of.insert(key, value).is_some() {
                    doubts.insert(Doubt::DuplicateKey);
                }
            }
            Content::Object(content_of)
        }
        b'[' => {
            let elements: Vec<&RawValue> = parsed(text);
            let elements = elements
                .iter()
                .map(|element| content(element.get(), doubts));
            Content::List(elements.collect())
        }
        b'"' => Content::Text(parsed::<Units>(text).text(doubts)),
        b't' | b'f' | b'n' => Content::Literal(text.to_owned()),
        _ => Content::Number(Decimal::of(text).unwrap_or_else(|| {
            doubts.insert(Doubt::Exponent);
            Decimal::default()
        })),
    }
}

fn parsed<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).expect("a well-formed text")
}

/// A text that may hold half surrogate pairs: as bytes, `serde_json` hands them out.
#[derive(Debug)]
struct Units(Vec<u8>);

impl Units {
    fn text(self, doubts: &mut BTreeSet<Doubt>) -> String {
        String::from_utf8(self.0).unwrap_or_else(|_| {
            doubts.insert(Doubt::LoneSurrogate);
            String::new()
        })
    }
}

impl<'de> Deserialize<'de> for Units {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(UnitsVisitor)
    }
}

struct UnitsVisitor;

impl Visitor<'_> for UnitsVisitor {
    type Value = Units;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Units, E> {
        Ok(Units(bytes.to_vec()))
    }
}

/// An object's members as they stand, two of one name included.
struct Members<'a>(Vec<(Units, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
