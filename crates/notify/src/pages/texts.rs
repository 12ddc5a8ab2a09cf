//! What the pages say, in each language.

use std::collections::BTreeMap;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

use super::PageError;

const LOCALES: &[(&str, &str)] = &[
    ("en", include_str!("../../locales/en/pages.ftl")),
    ("es", include_str!("../../locales/es/pages.ftl")),
    ("pt", include_str!("../../locales/pt/pages.ftl")),
    ("fr", include_str!("../../locales/fr/pages.ftl")),
];

/// The languages that there are, the usual one first.
pub(super) const LANGUAGES: [&str; 4] = ["en", "es", "pt", "fr"];

/// The messages of one language.
pub(super) struct Texts(FluentBundle<FluentResource>);

impl Texts {
    /// Every language's, by its name.
    pub(super) fn all() -> Result<BTreeMap<&'static str, Arc<Self>>, PageError> {
        let texts = LOCALES.iter().map(|(locale, source)| {
            let texts = Self::read(locale, source)?;
            Ok((*locale, Arc::new(texts)))
        });
        texts.collect()
    }

    fn read(locale: &str, source: &str) -> Result<Self, PageError> {
        let wrong = |what: String| PageError::Text(locale.to_owned(), what);
        let language = locale.parse().map_err(|_| wrong("its name".to_owned()))?;
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // The pages are in languages that are all written in one direction.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(source.to_owned())
            .map_err(|(_, errors)| wrong(format!("{errors:?}")))?;
        bundle
            .add_resource(resource)
            .map_err(|errors| wrong(format!("{errors:?}")))?;
        Ok(Self(bundle))
    }

    /// A message, in the name of `programme`; none where there is none of that name, or it asks for more.
    pub(super) fn say(&self, id: &str, programme: &str) -> Option<String> {
        let mut arguments = FluentArgs::new();
        arguments.set("programme", programme);
        let pattern = self.0.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = self
            .0
            .format_pattern(pattern, Some(&arguments), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }
}
