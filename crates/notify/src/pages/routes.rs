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
use super::look::Look;
use super::page::{Frame, View};
use super::texts::LANGUAGES;
use super::visitor::Visitor;
use super::{Inner, answer, language};
use crate::mail::customer_locale;

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
    let view = |said: &Preferences| View::choice(&pages.kinds, said);
    pages.show(&token, &headers, view).await
}

/// Does what is asked for, on either page. The answer is never a redirect: mailbox providers follow none (RFC 8058 §3.1).
async fn act(
    State(pages): State<Arc<Inner>>,
    Token(token): Token,
    request: Request<Body>,
) -> Response<Body> {
    let asked = asked_for(request.headers());
    let opened = match pages.open(&token, asked).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let action = match form::read(request, &pages.kinds).await {
        Ok(action) => action,
        Err(status) => return pages.apart(status, Some(opened.language)),
    };
    // In a task of its own: a client that goes away does not undo what it asked for.
    let Opened {
        visitor,
        language,
        look,
    } = opened;
    let done = {
        let pages = Arc::clone(&pages);
        tokio::spawn(async move { pages.carry_out(&visitor, action).await })
    };
    match done.await.unwrap_or(Err(laurel_store::Error::Stopped)) {
        Ok(view) => pages.page(&view, &token, language, &look),
        Err(error) => pages.unavailable(&error, Some(language)),
    }
}

/// Whoever opened a page, and how it is said to them.
struct Opened {
    visitor: Visitor,
    language: &'static str,
    look: Look,
}

impl Inner {
    /// A page that only shows.
    async fn show(
        &self,
        token: &str,
        headers: &HeaderMap,
        view: impl FnOnce(&Preferences) -> View,
    ) -> Response<Body> {
        let opened = match self.open(token, asked_for(headers)).await {
            Ok(opened) => opened,
            Err(answer) => return answer,
        };
        match opened.visitor.preferences().await {
            Ok(said) => self.page(&view(&said), token, opened.language, &opened.look),
            Err(error) => self.unavailable(&error, Some(opened.language)),
        }
    }

    /// Whoever holds the token, or what they are answered where it opens nothing.
    async fn open(
        &self,
        token: &str,
        asked: Option<&'static str>,
    ) -> Result<Opened, Response<Body>> {
        let visitor = match self.visitor(token).await {
            Ok(Some(visitor)) => visitor,
            Ok(None) => return Err(self.apart(StatusCode::NOT_FOUND, asked)),
            Err(error) => return Err(self.unavailable(&error, asked)),
        };
        let profile = visitor.profile().await;
        let profile = profile.map_err(|error| self.unavailable(&error, asked))?;
        let look = match visitor.source() {
            Some(source) => self.looks.of(source),
            None => &self.looks.common,
        };
        Ok(Opened {
            language: language(look, profile.as_deref(), asked),
            look: look.clone(),
            visitor,
        })
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
                let kinds = self.kinds.iter();
                let kinds: Vec<_> = kinds.map(|kind| (*kind, wanted.contains(kind))).collect();
                visitor.choose(&kinds).await?;
                Ok(View::chosen(&kinds))
            }
        }
    }

    fn page(&self, view: &View, token: &str, language: &str, look: &Look) -> Response<Body> {
        let token = Some(token);
        let frame = Frame {
            language,
            look,
            token,
        };
        answer::page(&self.renderer, StatusCode::OK, view, frame)
    }

    /// A page that belongs to no message: the same for every token that opens nothing.
    fn apart(&self, status: StatusCode, language: Option<&str>) -> Response<Body> {
        let view = match status {
            StatusCode::NOT_FOUND => View::Missing,
            StatusCode::SERVICE_UNAVAILABLE => View::Later,
            _ => View::Unreadable,
        };
        let frame = Frame {
            language: language.unwrap_or(LANGUAGES[0]),
            look: &self.looks.plain,
            token: None,
        };
        answer::page(&self.renderer, status, &view, frame)
    }

    fn unavailable(&self, error: &laurel_store::Error, language: Option<&str>) -> Response<Body> {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "a page's database does not answer"
        );
        self.apart(StatusCode::SERVICE_UNAVAILABLE, language)
    }
}

fn asked_for(headers: &HeaderMap) -> Option<&'static str> {
    language::asked_for(headers, &LANGUAGES)
}

/// The customer's own language, as their mails have it; where it is not known, the browser's; or else the brand's.
fn language(look: &Look, profile: Option<&[u8]>, asked: Option<&'static str>) -> &'static str {
    let known = profile.and_then(|profile| customer_locale(profile, &look.locale_paths));
    let ours = |locale| language::of_locale(locale, &LANGUAGES);
    known
        .as_ref()
        .and_then(ours)
        .or(asked)
        .or_else(|| ours(&look.locale))
        .unwrap_or(LANGUAGES[0])
}
