//! `Look`: how the pages of one brand look. Only its name and its colour: nothing is loaded, so there is no logo.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use laurel_store::Source;
use minijinja::{Environment, context};
use ring::digest::{SHA256, digest};

use super::PageError;
use crate::language::LanguageIdentifier;
use crate::mail::{Brand, Brands, cleaned};

const STYLE: &str = include_str!("../../templates/pages/page.css.jinja");

/// Longest name, as in a mail.
const LONGEST: usize = 100;

/// How the pages of one brand look.
#[derive(Clone, Debug)]
pub(super) struct Look {
    /// What the programme is called; none on a page that belongs to none.
    pub(super) programme: Option<String>,
    /// The style sheet.
    pub(super) style: String,
    /// The content security policy: the page's own style sheet, its own forms, and nothing else.
    pub(super) policy: String,
    /// The language where nothing tells of another.
    pub(super) locale: LanguageIdentifier,
    /// Where a profile tells of it.
    pub(super) locale_paths: Vec<String>,
}

impl Look {
    fn new(brand: &Brand, programme: Option<String>) -> Result<Self, PageError> {
        let colors = brand.color.palette();
        let style = Environment::new().render_str(STYLE, context! { colors })?;
        let hash = STANDARD.encode(digest(&SHA256, style.as_bytes()));
        Ok(Self {
            programme,
            style,
            policy: format!(
                "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'"
            ),
            locale: brand.locale.clone(),
            locale_paths: brand.locale_paths.clone(),
        })
    }
}

/// How the pages of all sources look.
#[derive(Clone, Debug)]
pub(super) struct Looks {
    /// Of a page that belongs to no message: it tells nothing, not even whose it is.
    pub(super) plain: Look,
    /// Of a source that has no brand of its own.
    pub(super) common: Look,
    of_source: BTreeMap<Source, Look>,
}

impl Looks {
    /// `sender` is the name of who has none.
    pub(super) fn new(brands: &Brands, sender: &str) -> Result<Self, PageError> {
        let look = |brand: &Brand| {
            let name = brand.name.as_deref().unwrap_or(sender);
            Look::new(brand, cleaned(name, LONGEST))
        };
        let own = |(source, brand): (&Source, _)| Ok((source.clone(), look(brand)?));
        let of_source = brands.of_source.iter().map(own);
        Ok(Self {
            plain: Look::new(&Brand::default(), None)?,
            common: look(&brands.common)?,
            of_source: of_source.collect::<Result<_, PageError>>()?,
        })
    }

    /// That of a source.
    pub(super) fn of(&self, source: &Source) -> &Look {
        self.of_source.get(source).unwrap_or(&self.common)
    }

    /// Each of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &Look> {
        [&self.plain, &self.common]
            .into_iter()
            .chain(self.of_source.values())
    }
}
