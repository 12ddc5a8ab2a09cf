//! From what a page is to show to its HTML.

use std::collections::BTreeMap;
use std::sync::Arc;

use laurel_payloads::EventKind;
use laurel_store::Preferences;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, context};

use super::form;
use super::look::{Look, Looks};
use super::texts::{LANGUAGES, Texts};

const PAGE: &str = "page.html.jinja";
const TEMPLATE: &str = include_str!("../../templates/pages/page.html.jinja");

/// Why the pages cannot be served.
///
/// ```
/// # async fn example(store: laurel_store::Store, settings: laurel_notify::pages::PageSettings) {
/// use laurel_notify::pages::{PageError, Pages};
///
/// match Pages::open(&store, settings).await {
///     Err(PageError::Store(error)) => println!("try again: {error}"),
///     Err(error) => println!("{error}"),
///     Ok(_) => println!("ready"),
/// }
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The database, which holds the keys.
    #[error(transparent)]
    Store(#[from] laurel_store::Error),
    /// The template is wrong.
    #[error("a page's template is wrong")]
    Template(#[from] minijinja::Error),
    /// A language's messages are wrong.
    #[error("the messages of {0} are wrong: {1}")]
    Text(String, String),
}

/// What a page shows.
#[derive(Clone, Debug)]
pub(super) enum View {
    /// Asks whether the mails shall stop.
    Ask,
    /// They have stopped.
    Stopped,
    /// They come again.
    Resumed,
    /// A choice of them, and whether it was just made.
    Choose { kinds: Vec<Choice>, saved: bool },
    /// There is no such page.
    Missing,
    /// What was posted cannot be read.
    Unreadable,
    /// The database does not answer.
    Later,
}

/// A kind of mail on the page.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    name: &'static str,
    wanted: bool,
}

impl View {
    /// The choice as it stands.
    pub(super) fn choice(kinds: &[EventKind], said: &Preferences) -> Self {
        let choice = |&kind| (kind, said.wanted(kind).unwrap_or(true));
        Self::choices_of(kinds.iter().map(choice), false)
    }

    /// The choice as it was just made.
    pub(super) fn chosen(kinds: &[(EventKind, bool)]) -> Self {
        Self::choices_of(kinds.iter().copied(), true)
    }

    fn choices_of(kinds: impl Iterator<Item = (EventKind, bool)>, saved: bool) -> Self {
        let choice = |(kind, wanted)| Choice {
            name: form::name(kind),
            wanted,
        };
        Self::Choose {
            kinds: kinds.map(choice).collect(),
            saved,
        }
    }

    /// What its messages begin with.
    fn name(&self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Stopped => "stopped",
            Self::Resumed => "resumed",
            Self::Choose { .. } => "choose",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Later => "later",
        }
    }

    fn choices(&self) -> (&[Choice], bool) {
        match self {
            Self::Choose { kinds, saved } => (kinds, *saved),
            _ => (&[], false),
        }
    }
}

/// The frame around a view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub(super) language: &'a str,
    pub(super) look: &'a Look,
    /// On a page that belongs to a message.
    pub(super) token: Option<&'a str>,
}

/// Renders pages.
pub(super) struct Renderer {
    environment: Environment<'static>,
    texts: BTreeMap<&'static str, Arc<Texts>>,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renderer").finish_non_exhaustive()
    }
}

impl Renderer {
    /// Reads the template and the messages, and tries them out in each of `looks`.
    pub(super) fn new(looks: &Looks) -> Result<Self, PageError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template(PAGE, TEMPLATE)?;
        let renderer = Self {
            environment,
            texts: Texts::all()?,
        };
        looks.all().try_for_each(|look| renderer.try_out(look))?;
        Ok(renderer)
    }

    pub(super) fn render(&self, view: &View, frame: Frame<'_>) -> Result<String, PageError> {
        let programme = frame.look.programme.as_deref();
        let name = programme.unwrap_or_default().to_owned();
        let texts = self.texts.get(frame.language).cloned();
        let say = move |id: &str| {
            let text = texts.as_ref().and_then(|texts| texts.say(id, &name));
            text.ok_or_else(|| minijinja::Error::new(ErrorKind::UndefinedError, id.to_owned()))
        };
        let (kinds, saved) = view.choices();
        let kind = |kind: &Choice| context! { name => kind.name, wanted => kind.wanted };
        let kinds: Vec<_> = kinds.iter().map(kind).collect();
        let page = context! {
            locale => frame.language,
            view => view.name(),
            say => Value::from_function(say),
            style => frame.look.style.as_str(),
            programme,
            token => frame.token,
            kinds,
            saved,
        };
        Ok(self.environment.get_template(PAGE)?.render(page)?)
    }

    /// Renders everything once, so that what is missing shows at the start.
    fn try_out(&self, look: &Look) -> Result<(), PageError> {
        let choice = View::chosen(&[
            (EventKind::TierUpgrade, true),
            (EventKind::TierDowngrade, false),
        ]);
        let of_message = [View::Ask, View::Stopped, View::Resumed, choice];
        let apart = [View::Missing, View::Unreadable, View::Later];
        for language in LANGUAGES {
            for (views, token) in [(&of_message[..], Some("token")), (&apart[..], None)] {
                let frame = Frame {
                    language,
                    look,
                    token,
                };
                views
                    .iter()
                    .try_for_each(|view| self.render(view, frame).map(drop))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Brands;

    fn page(programme: &str, language: &str) -> String {
        let looks = Looks::new(&Brands::default(), programme).expect("looks");
        let renderer = Renderer::new(&looks).expect("pages that can be rendered");
        let look = &looks.common;
        let token = Some("token");
        let frame = Frame {
            language,
            look,
            token,
        };
        renderer.render(&View::Ask, frame).expect("a page")
    }

    #[test]
    fn every_page_is_in_every_language() {
        let titles = LANGUAGES.map(|language| {
            let page = page("Club", language);
            let (_, title) = page.split_once("<title>").expect("a title");
            title.split_once('<').expect("its end").0.to_owned()
        });
        let expected = [
            "Stop these e-mails? · Club",
            "¿Dejar de recibir estos correos? · Club",
            "Parar de receber estes e-mails? · Club",
            "Ne plus recevoir ces e-mails ? · Club",
        ];
        assert_eq!(titles, expected);
    }

    #[test]
    fn a_programmes_name_is_text_and_no_markup() {
        let page = page("<script>alert(1)</script> & \"Co\"", "es");
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;"), "{page}");
    }
}
