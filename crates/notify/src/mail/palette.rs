//! The colours of a mail: one that a brand chooses, and what follows from it, legible in light and dark.

use std::fmt;
use std::str::FromStr;

use minijinja::{Value, context};

/// A colour, as `#2c6446`.
///
/// ```
/// use laurel_notify::mail::Color;
///
/// let green: Color = "#2C6446".parse()?;
/// assert_eq!((green, green.to_string()), (Color::default(), "#2c6446".to_owned()));
/// # Ok::<(), laurel_notify::mail::InvalidColor>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color([u8; 3]);

/// A text that is no colour.
///
/// ```
/// use laurel_notify::mail::{Color, InvalidColor};
///
/// assert_eq!("green".parse::<Color>(), Err(InvalidColor));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a colour such as #2c6446")]
pub struct InvalidColor;

const WHITE: Color = Color([0xff; 3]);
const BLACK: Color = Color([0; 3]);
const INK: Color = Color([0x17, 0x1c, 0x19]);
/// The card on a dark ground; `layout.html.jinja` has the same.
const DARK: Color = Color([0x1c, 0x20, 0x1e]);

/// Text on its ground (WCAG 2, level AA).
const LEGIBLE: f64 = 4.5;
/// The same, level AAA: coloured text on a dark ground looks dim before it is illegible.
const CLEAR: f64 = 7.0;

impl Default for Color {
    fn default() -> Self {
        Self([0x2c, 0x64, 0x46])
    }
}

impl FromStr for Color {
    type Err = InvalidColor;

    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = number.ok_or(InvalidColor)?.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Color {
    /// What templates know as `colors`.
    pub(crate) fn palette(self) -> Value {
        let tint = self.mixed(WHITE, 88);
        let dark_tint = self.mixed(DARK, 70);
        let on_accent = if contrast(WHITE, self) >= LEGIBLE {
            WHITE
        } else {
            INK.legible_on(self, BLACK)
        };
        context! {
            accent => self.to_string(),
            on_accent => on_accent.to_string(),
            link => self.legible_on(WHITE, INK).to_string(),
            tint => tint.to_string(),
            on_tint => self.legible_on(tint, INK).to_string(),
            dark_link => self.read_on(DARK, WHITE, CLEAR).to_string(),
            dark_tint => dark_tint.to_string(),
            on_dark_tint => self.legible_on(dark_tint, WHITE).to_string(),
        }
    }

    /// This colour with so many hundredths of another.
    fn mixed(self, other: Self, hundredths: u16) -> Self {
        let part = |one: u8, two: u8| {
            let sum = u16::from(one) * (100 - hundredths) + u16::from(two) * hundredths;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        let ([r, g, b], [other_r, other_g, other_b]) = (self.0, other.0);
        Self([part(r, other_r), part(g, other_g), part(b, other_b)])
    }

    /// As much of `towards` mixed in as it takes to be read on `ground`.
    fn legible_on(self, ground: Self, towards: Self) -> Self {
        self.read_on(ground, towards, LEGIBLE)
    }

    fn read_on(self, ground: Self, towards: Self, least: f64) -> Self {
        let mixed = (0..=100)
            .step_by(5)
            .map(|hundredths| self.mixed(towards, hundredths));
        mixed
            .into_iter()
            .find(|color| contrast(*color, ground) >= least)
            .unwrap_or(towards)
    }
}

/// WCAG 2, "contrast ratio".
fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// WCAG 2, "relative luminance".
fn luminance(Color(parts): Color) -> f64 {
    let [red, green, blue] = parts.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits() {
        assert_eq!("#2C6446".parse::<Color>().unwrap().to_string(), "#2c6446");
        for text in [
            "",
            "#fff",
            "2c6446",
            "#2c644",
            "#2c6446;x",
            "#+c6446",
            "red",
        ] {
            assert_eq!(text.parse::<Color>(), Err(InvalidColor), "{text}");
        }
    }

    #[test]
    fn text_can_be_read_whatever_colour_a_brand_has() {
        for text in [
            "#000000", "#ffffff", "#ffee00", "#2c6446", "#0033ff", "#808080", "#ff0000",
        ] {
            let palette = text.parse::<Color>().unwrap().palette();
            let color = |name| palette.get_attr(name).unwrap().to_string().parse().unwrap();
            for (ink, ground) in [
                ("on_accent", color("accent")),
                ("on_tint", color("tint")),
                ("on_dark_tint", color("dark_tint")),
                ("link", WHITE),
                ("dark_link", DARK),
            ] {
                let contrast = contrast(color(ink), ground);
                assert!(contrast >= LEGIBLE, "{ink} of {text}: {contrast}");
            }
        }
    }
}
