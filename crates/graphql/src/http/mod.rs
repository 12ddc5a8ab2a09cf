//! GraphQL over HTTP, as its specification has it (graphql.github.io/graphql-over-http): a thin layer
//! over the engine, which has none that follows it.

mod accept;
pub(crate) mod answer;
mod body;
pub(crate) mod credentials;
pub(crate) mod documents;
mod measure;
mod order;
mod origins;
mod parameters;

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{ObjectType, Request as Query};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ALLOW, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use axum::middleware::from_fn;
use axum::routing::get;
use tower::util::option_layer;
use tracing::{Instrument, Span};

use crate::Api;
use crate::asking::Asking;
use crate::engine::{Batches, drive};
use crate::error::{Code, Refusal};
use crate::explorer;
use crate::guard::Admitted;
use crate::reads::{NamesOnce, reads};
use crate::socket;
pub(crate) use accept::Media;
use accept::negotiate;
use credentials::Denied;
pub(crate) use order::Order;
pub(crate) use parameters::Parameters;

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

/// Guards and executes what was asked.
async fn run<Q: ObjectType + 'static>(
    api: &Arc<Api<Q>>,
    media: Media,
    asking: Asking,
    method: Method,
    parameters: Result<Parameters, Refusal>,
) -> Response<Body> {
    let Parameters {
        document,
        operation_name,
        variables,
    } = match parameters {
        Ok(parameters) => parameters,
        Err(refusal) => return answer::refusal(media, StatusCode::BAD_REQUEST, refusal),
    };
    let query = match documents::resolve(document, &asking, api.settings.documents.as_ref()) {
        Ok(query) => query,
        Err(refusal) => return answer::refusal(media, media.refused(), refusal),
    };
    let Admitted { document, kind } =
        match api
            .guard
            .admit(&query, operation_name.as_deref(), &variables)
        {
            Ok(admitted) => admitted,
            Err(refusal) => return answer::refusal(media, media.refused(), refusal),
        };
    if method == Method::GET && kind != OperationType::Query {
        return method_not_allowed(media, "POST");
    }
    let mut query = Query::new(query).variables(variables);
    if asking.viewer().is_some() || !api.settings.introspection {
        query = query.disable_introspection();
    }
    query.operation_name = operation_name.filter(|name| !name.is_empty());
    let order = Order::of(&document);
    query.set_parsed_query(document);
    execute(api, media, asking, query, order).await
}

/// Executes in a task of its own: a read of the database that is cut short, because the client has left or the time
/// is up, would take its connection with it. What nobody waits for ends by itself: each statement has a time-out.
async fn execute<Q: ObjectType + 'static>(
    api: &Arc<Api<Q>>,
    media: Media,
    asking: Asking,
    query: Query,
    order: Order,
) -> Response<Body> {
    let request = asking.request;
    let (schema, batches) = (api.schema.clone(), Batches::default());
    let query = query
        .data(reads(asking.clone(), &batches))
        .data(NamesOnce::default())
        .data(Arc::clone(&api.tokens))
        .data(api.settings.readers.clone())
        .data(asking);
    let work = drive(async move { schema.execute(query).await }, batches);
    let task = tokio::spawn(work.instrument(Span::current()));
    match tokio::time::timeout(api.settings.deadline, task).await {
        Ok(Ok(mut outcome)) => {
            outcome.data = order.apply(outcome.data);
            answer::outcome(media, outcome)
        }
        Ok(Err(panic)) => answer::failure(media, crate::asking::log_failure(request, None, &panic)),
        Err(_) => {
            tracing::warn!(request.id = %request, "a GraphQL query took too long");
            let refusal = Refusal::new(Code::Timeout, "The answer took too long to make.");
            answer::refusal(media, StatusCode::SERVICE_UNAVAILABLE, refusal)
        }
    }
}
