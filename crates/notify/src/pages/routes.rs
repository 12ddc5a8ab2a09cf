//! The routes of the pages, and what is done on them.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, Response, StatusCode};
use axum::routing::get;
use laurel_store::Preferences;

use super::form::{self, Action};
use super::page::{Frame, View};
use super::visitor::Visitor;
use super::{Inner, answer, language};
use crate::pages::texts::LANGUAGES;

pub(super) fn routes(pages: Arc<Inner>) -> Router {
    Router::new()
        .route("/email/unsubscribe/{token}", get(ask).post(act))
        .route("/email/unsubscribe/", get(ask).post(act))
        .route("/email/preferences/{token}", get(choose).post(act))
        .route("/email/preferences/", get(choose).post(act))
        .with_state(pages)
}

/// The last part of the address. Where it is no text, or nothing, it is a token that opens nothing.
struct Token(String);

impl<S: Send + Sync> FromRequestParts<S> for Token {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let token = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(token.map(|Path(token)| token).unwrap_or_default()))
    }
}

/// Asks whether the mails shall stop; looking changes nothing.
async fn ask(
    State(pages): State<Arc<Inner>>,
    Token(token): Token,
    headers: HeaderMap,
) -> Response<Body> {
    let view = |said: &Preferences| {
        if said.stopped {
            View::Stopped
        } else {
            View::Ask
        }
    };
    pages.show(&token, &headers, view).await
}

/// Shows what there is to choose from.
async fn choose(
    State(pages): State<Arc<Inner>>,
    Token(token): Token,
    headers: HeaderMap,
) -> Response<Body> {
    let view = |said: &Preferences| View::choice(&pages.settings.kinds, said, false);
    pages.show(&token, &headers, view).await
}

/// Does what is asked for, on either page. The answer is never a redirect: mailbox providers follow none (RFC 8058 §3.1).
async fn act(
    State(pages): State<Arc<Inner>>,
    Token(token): Token,
    request: Request<Body>,
) -> Response<Body> {
    let language = wanted_language(request.headers());
    let visitor = match pages.visitor(&token).await {
        Ok(Some(visitor)) => visitor,
        Ok(None) => return pages.apart(StatusCode::NOT_FOUND, language),
        Err(error) => return pages.unavailable(&error, language),
    };
    let action = match form::read(request, &pages.settings.kinds).await {
        Ok(action) => action,
        Err(status) => return pages.apart(status, language),
    };
    // In a task of its own: a client that goes away does not undo what it asked for.
    let done = {
        let pages = Arc::clone(&pages);
        tokio::spawn(async move { pages.carry_out(&visitor, action).await })
    };
    match done.await.unwrap_or(Err(laurel_store::Error::Stopped)) {
        Ok(view) => pages.page(&view, &token, language),
        Err(error) => pages.unavailable(&error, language),
    }
}

impl Inner {
    /// A page that only shows.
    async fn show(
        &self,
        token: &str,
        headers: &HeaderMap,
        view: impl FnOnce(&Preferences) -> View,
    ) -> Response<Body> {
        let language = wanted_language(headers);
        let said = match self.visitor(token).await {
            Ok(Some(visitor)) => visitor.preferences().await,
            Ok(None) => return self.apart(StatusCode::NOT_FOUND, language),
            Err(error) => Err(error),
        };
        match said {
            Ok(said) => self.page(&view(&said), token, language),
            Err(error) => self.unavailable(&error, language),
        }
    }

    /// Whoever holds the token; none where it opens nothing, for whichever reason.
    async fn visitor(&self, token: &str) -> laurel_store::Result<Option<Visitor>> {
        match self.keyring.open_link(token).await? {
            Some(message) => Visitor::of(&self.store, message).await,
            None => Ok(None),
        }
    }

    async fn carry_out(&self, visitor: &Visitor, action: Action) -> laurel_store::Result<View> {
        match action {
            Action::Stop => {
                visitor.stop().await?;
                Ok(View::Stopped)
            }
            Action::Resume => {
                visitor.resume().await?;
                Ok(View::Resumed)
            }
            Action::Choose(wanted) => {
                let kinds = self.settings.kinds.iter();
                let kinds: Vec<_> = kinds.map(|kind| (*kind, wanted.contains(kind))).collect();
                visitor.choose(&kinds).await?;
                let said = visitor.preferences().await?;
                Ok(View::choice(&self.settings.kinds, &said, true))
            }
        }
    }

    fn page(&self, view: &View, token: &str, language: &str) -> Response<Body> {
        let of = Some((self.settings.programme.as_str(), token));
        let frame = Frame { language, of };
        answer::page(&self.renderer, StatusCode::OK, view, frame)
    }

    /// A page that belongs to no message: the same for every token that opens nothing.
    fn apart(&self, status: StatusCode, language: &str) -> Response<Body> {
        let view = match status {
            StatusCode::NOT_FOUND => View::Missing,
            StatusCode::SERVICE_UNAVAILABLE => View::Later,
            _ => View::Unreadable,
        };
        answer::page(&self.renderer, status, &view, Frame { language, of: None })
    }

    fn unavailable(&self, error: &laurel_store::Error, language: &str) -> Response<Body> {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "a page's database does not answer"
        );
        self.apart(StatusCode::SERVICE_UNAVAILABLE, language)
    }
}

fn wanted_language(headers: &HeaderMap) -> &'static str {
    language::asked_for(headers, &LANGUAGES).unwrap_or(LANGUAGES[0])
}
