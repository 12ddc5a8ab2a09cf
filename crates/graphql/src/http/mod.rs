//! GraphQL over HTTP, as its specification has it (graphql.github.io/graphql-over-http): a thin layer
//! over the engine, which has none that follows it.

mod accept;
pub(crate) mod answer;
mod body;
pub(crate) mod credentials;
pub(crate) mod documents;
mod measure;
pub(crate) mod nulls;
mod order;
mod origins;
mod parameters;
mod run;
mod unique;

use std::sync::Arc;

use async_graphql::ObjectType;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use axum::middleware::from_fn;
use axum::routing::get;
use tower::util::option_layer;

use crate::Api;
use crate::asking::Asking;
use crate::error::{Code, Refusal};
use crate::explorer;
use crate::socket;
pub(crate) use accept::Media;
use accept::negotiate;
use credentials::Denied;
pub(crate) use order::Order;
pub(crate) use parameters::Parameters;
pub(crate) use run::paid;
use run::run;

/// The routes of the API.
pub(crate) fn routes<Q: ObjectType + 'static>(api: Arc<Api<Q>>) -> Router {
    Router::new()
        .route(
            "/graphql",
            get(by_address::<Q>)
                .post(by_body::<Q>)
                .fallback(another_method),
        )
        .route(
            "/graphql/schema.graphql",
            get(schema::<Q>).fallback(another_method),
        )
        .layer(from_fn(measure::measure))
        .layer(option_layer(origins::layer(&api.settings.cors_origins)))
        .with_state(api)
        .merge(explorer::routes())
}

/// `POST`: the request is in the body.
async fn by_body<Q: ObjectType + 'static>(
    State(api): State<Arc<Api<Q>>>,
    request: Request<Body>,
) -> Response<Body> {
    let (media, asking) = match admit(&api, request.headers()).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let body = match body::read(request, &api.settings).await {
        Ok(body) => body,
        Err((status, refusal)) => return answer::refusal(media, status, refusal),
    };
    run(
        &api,
        media,
        asking,
        Method::POST,
        Parameters::from_body(&body),
    )
    .await
}

/// `GET`: the request is in the address. It never changes anything; or it asks for a WebSocket.
async fn by_address<Q: ObjectType + 'static>(
    State(api): State<Arc<Api<Q>>>,
    request: Request<Body>,
) -> Response<Body> {
    if socket::is_asked_for(request.headers()) {
        return socket::open(api, request).await;
    }
    match admit(&api, request.headers()).await {
        Ok((media, asking)) => {
            run(
                &api,
                media,
                asking,
                Method::GET,
                Parameters::from_address(request.uri()),
            )
            .await
        }
        Err(response) => response,
    }
}

/// The schema, in GraphQL's own language.
async fn schema<Q: ObjectType + 'static>(
    State(api): State<Arc<Api<Q>>>,
    headers: HeaderMap,
) -> Response<Body> {
    match credentials::check(&api, &headers).await {
        Ok(asking) if asking.viewer().is_some() || !api.settings.introspection => {
            let refusal = Refusal::new(
                Code::Forbidden,
                "The schema cannot be asked for with this token.",
            );
            answer::refusal(Media::Json, StatusCode::FORBIDDEN, refusal)
        }
        Ok(_) => {
            let mut response = Response::new(Body::from(crate::print(&api.schema)));
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, plain);
            response
        }
        Err(denied) => refuse_access(Media::Json, denied),
    }
}

async fn another_method() -> Response<Body> {
    method_not_allowed(Media::Json, "GET, POST")
}

/// Who asks, and in which form they want to be answered. Access comes first: who has none learns nothing.
async fn admit<Q>(api: &Api<Q>, headers: &HeaderMap) -> Result<(Media, Asking), Response<Body>> {
    let media = negotiate(headers);
    let asking = credentials::check(api, headers).await;
    let known = *media.as_ref().unwrap_or(&Media::Json);
    let asking = asking.map_err(|denied| refuse_access(known, denied))?;
    match media {
        Ok(media) => Ok((media, asking)),
        Err(refusal) => Err(answer::refusal(
            Media::Json,
            StatusCode::NOT_ACCEPTABLE,
            refusal,
        )),
    }
}

pub(crate) fn refuse_access(media: Media, denied: Denied) -> Response<Body> {
    let (challenge, message) = match denied {
        Denied::Missing => (
            "Bearer realm=\"laurel\"",
            "Send an API key or a customer token: \"Authorization: Bearer …\".",
        ),
        Denied::Wrong => (
            "Bearer realm=\"laurel\", error=\"invalid_token\"",
            "The API key, or the customer token, is not valid.",
        ),
        Denied::Failed(failed) => return answer::failure(media, failed),
    };
    let refusal = Refusal::new(Code::Unauthenticated, message);
    let mut response = answer::refusal(media, StatusCode::UNAUTHORIZED, refusal);
    response
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

fn method_not_allowed(media: Media, allowed: &'static str) -> Response<Body> {
    let refusal = Refusal::new(
        Code::BadRequest,
        "Queries come by GET or POST, everything else by POST.",
    );
    let mut response = answer::refusal(media, StatusCode::METHOD_NOT_ALLOWED, refusal);
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allowed));
    response
}
