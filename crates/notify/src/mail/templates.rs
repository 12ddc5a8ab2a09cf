//! The words of each mail, from the templates in `templates/`, which are part of the binary.
//!
//! A locale is a folder of templates that extend the same two layouts; English is the one there is.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

use super::clean::cleaned;
use super::tier::{Direction, TierMail};

const LOCALE: &str = "en";

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 200;

const SOURCES: &[(&str, &str)] = &[
    (
        "layout.html.jinja",
        include_str!("../../templates/layout.html.jinja"),
    ),
    (
        "layout.txt.jinja",
        include_str!("../../templates/layout.txt.jinja"),
    ),
    (
        "en/tier_downgrade.html.jinja",
        include_str!("../../templates/en/tier_downgrade.html.jinja"),
    ),
    (
        "en/tier_downgrade.txt.jinja",
        include_str!("../../templates/en/tier_downgrade.txt.jinja"),
    ),
    (
        "en/tier_upgrade.html.jinja",
        include_str!("../../templates/en/tier_upgrade.html.jinja"),
    ),
    (
        "en/tier_upgrade.txt.jinja",
        include_str!("../../templates/en/tier_upgrade.txt.jinja"),
    ),
];

/// A template that cannot be read, or that asks for something that no mail has.
#[derive(Debug, thiserror::Error)]
#[error("a mail template is wrong")]
pub struct TemplateError(#[from] minijinja::Error);

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// The plain part.
    pub text: String,
    /// The HTML part: a whole document.
    pub html: String,
}

/// The templates, read and tried out.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Reads every template and renders each mail once, with everything known and with nothing
    /// known, so that a fault shows at the start and not with a customer's mail.
    ///
    /// # Errors
    ///
    /// A template is wrong.
    pub fn new() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(escape);
        for (name, source) in SOURCES {
            environment.add_template(name, source)?;
        }
        let templates = Self { environment };
        for direction in [Direction::Upgrade, Direction::Downgrade] {
            let known = TierMail::new(direction, Some("Ana"), Some("Bronze"), Some("Silver"));
            let unknown = TierMail::new(direction, None, None, None);
            templates.render(&known, "Club")?;
            templates.render(&unknown, "Club")?;
        }
        Ok(templates)
    }

    /// Says what `mail` is about, in the name of `programme`.
    ///
    /// # Errors
    ///
    /// A template is wrong; [`Templates::new`] has tried them all.
    pub fn render(&self, mail: &TierMail, programme: &str) -> Result<Words, TemplateError> {
        let stem = match mail.direction() {
            Direction::Upgrade => "tier_upgrade",
            Direction::Downgrade => "tier_downgrade",
        };
        let facts = context! {
            locale => LOCALE,
            programme,
            name => mail.name(),
            from_tier => mail.from_tier(),
            to_tier => mail.to_tier(),
        };
        let mut plain = self
            .environment
            .get_template(&format!("{LOCALE}/{stem}.txt.jinja"))?
            .render_captured(facts.clone())?;
        let subject = plain.with_state_mut(|state| state.render_block("subject"))?;
        let subject = cleaned(&subject, LONGEST_SUBJECT).unwrap_or_default();
        let text = plain.into_output();
        let html = self
            .environment
            .get_template(&format!("{LOCALE}/{stem}.html.jinja"))?
            .render(context! { subject => subject.as_str(), ..facts })?;
        Ok(Words {
            subject,
            text,
            html,
        })
    }
}

/// HTML is escaped, plain text is not: escaping is no property of the data.
fn escape(name: &str) -> AutoEscape {
    if name.ends_with(".html.jinja") {
        AutoEscape::Html
    } else {
        AutoEscape::None
    }
}
