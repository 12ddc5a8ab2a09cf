//! GraphQL over WebSocket: the protocol `graphql-transport-ws`, for subscriptions and nothing else
//! (github.com/enisdenjo/graphql-ws, PROTOCOL.md). `docs/subscriptions.md` is the client's side of it.

mod close;
mod messages;
mod places;
mod session;
mod settings;
mod subscriptions;

use std::sync::Arc;

use async_graphql::ObjectType;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, UPGRADE};
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use axum::response::IntoResponse;
use metrics::counter;

pub(crate) use places::Places;
pub use settings::Sockets;

use crate::Api;
use crate::error::{Code, Refusal};
use crate::http::{Media, answer, credentials, refuse_access};
use session::Session;

/// The one protocol that is spoken.
const PROTOCOL: &str = "graphql-transport-ws";

/// What is read ahead of a client, and what is gathered before it is written. (tungstenite's own are 128 KiB.)
const READ_BUFFER: usize = 4 * 1024;
const WRITE_BUFFER: usize = 0;

/// Whether a request asks for a WebSocket.
pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers
        .get(UPGRADE)
        .is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Opens a WebSocket. Who carries credentials that are none is told so before that; who carries none has to send them
/// in the first message.
pub(crate) async fn open<Q: ObjectType + 'static>(
    api: Arc<Api<Q>>,
    request: Request<Body>,
) -> Response<Body> {
    let (mut head, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut head, &()).await;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            let refusal = Refusal::new(Code::BadRequest, "This is no handshake of a WebSocket.");
            return answer::refusal(Media::Json, rejection.into_response().status(), refusal);
        }
    };
    if head.headers.contains_key(AUTHORIZATION)
        && let Err(denied) = credentials::check(&api, &head.headers).await
    {
        return refuse_access(Media::Json, denied);
    }
    let Some(place) = api.places.take() else {
        return full();
    };
    counter!("laurel_graphql_sockets_total").increment(1);
    let most = api.settings.sockets.max_message;
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(most)
        .max_frame_size(most)
        .on_upgrade(move |socket| Session::new(api, head.headers, place).run(socket))
}

/// There are as many as there may be.
fn full() -> Response<Body> {
    let refusal = Refusal::new(
        Code::TooManySubscriptions,
        "There are as many connections as there may be; come back later.",
    );
    let mut response = answer::refusal(Media::Json, StatusCode::SERVICE_UNAVAILABLE, refusal);
    let soon = HeaderValue::from_static("10");
    response.headers_mut().insert(RETRY_AFTER, soon);
    response
}
