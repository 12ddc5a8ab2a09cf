//! The pages behind the links in a mail: unsubscribe (RFC 8058) and preferences.
//!
//! A link is the only credential, and opens no more than what its customer is told of. A `GET` never changes anything:
//! mail programs and virus scanners follow links. There are no cookies, so there is nothing that another site could ride
//! on; whoever has the token could as well post by themselves.

mod answer;
mod form;
mod language;
mod look;
mod page;
mod routes;
mod texts;
mod visitor;

use std::sync::Arc;

use axum::Router;
use laurel_payloads::EventKind;
use laurel_store::Store;

use self::look::Looks;
use self::page::Renderer;
use crate::links::Keyring;
use crate::mail::Brands;

pub use self::page::PageError;

/// What the operator may say about the pages.
///
/// ```
/// use laurel_notify::mail::Brands;
/// use laurel_notify::pages::PageSettings;
/// use laurel_payloads::EventKind;
///
/// let settings = PageSettings {
///     programme: "Café Central".to_owned(),
///     brands: Brands::default(),
///     kinds: vec![EventKind::TierUpgrade],
/// };
/// ```
#[derive(Clone, Debug)]
pub struct PageSettings {
    /// The name of every programme whose brand has none.
    pub programme: String,
    /// How they look, and the language of customers of whom no other is known, by source.
    pub brands: Brands,
    /// The kinds that there is a choice of: those that are sent at all.
    pub kinds: Vec<EventKind>,
}

/// The pages, ready to be served.
///
/// ```
/// # async fn example(
/// #     store: laurel_store::Store,
/// #     settings: laurel_notify::pages::PageSettings,
/// # ) -> Result<axum::Router, laurel_notify::pages::PageError> {
/// use axum::Router;
/// use laurel_notify::pages::Pages;
///
/// // Beside other routes of the same server.
/// let pages = Pages::open(&store, settings).await?;
/// Ok(Router::new().merge(pages.router()))
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Pages(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    keyring: Keyring,
    kinds: Vec<EventKind>,
    renderer: Renderer,
    looks: Looks,
}

impl Pages {
    /// Reads the keys that open links, and tries out every page in every look and language.
    ///
    /// # Errors
    ///
    /// The database, or a page that cannot be rendered.
    pub async fn open(store: &Store, settings: PageSettings) -> Result<Self, PageError> {
        let looks = Looks::new(&settings.brands, &settings.programme)?;
        Ok(Self(Arc::new(Inner {
            store: store.clone(),
            keyring: Keyring::open(store).await?,
            kinds: settings.kinds,
            renderer: Renderer::new(&looks)?,
            looks,
        })))
    }

    /// `/email/unsubscribe/{token}` and `/email/preferences/{token}`.
    pub fn router(self) -> Router {
        routes::routes(self.0)
    }
}
