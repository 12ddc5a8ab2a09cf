//! The endpoint: `POST /webhooks/{source}` and `POST /webhooks/{source}/{token}`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::any;
use laurel_payloads::{Timestamp, read, read_with};
use laurel_store::{Appended, NewEvent};
use tracing::Instrument;

use crate::account::Account;
use crate::budget::Room;
use crate::claim::{Claim, Verified};
use crate::refusal::Refused;
use crate::verifiers::client;
use crate::{Intake, Overload, Problem, Settings, Unverified, answer, body};

/// The routes of intake.
///
/// ```
/// # fn example(store: laurel_store::Store) -> axum::Router {
/// use axum::Router;
/// use laurel_ingest::{Intake, Settings, router};
///
/// // Beside other routes of the same server.
/// let intake = Intake::start(store, Vec::new(), Settings::default());
/// Router::new().merge(router(intake))
/// # }
/// ```
pub fn router(intake: Intake) -> Router {
    Router::new()
        .route("/webhooks/{source}", any(receive))
        .route("/webhooks/{source}/{token}", any(receive))
        .with_state(Arc::new(intake))
}

#[derive(Default, serde::Deserialize)]
struct Target {
    source: String,
    token: Option<String>,
}

async fn receive(
    State(intake): State<Arc<Intake>>,
    target: Result<Path<Target>, PathRejection>,
    request: Request,
) -> Response {
    // A path that cannot be decoded names no source.
    let target = target.map_or_else(|_| Target::default(), |Path(target)| target);
    let (head, mut body) = request.into_parts();
    let announced = body.size_hint().exact();
    let id = intake.store.clock().id();
    // At debug, since it costs each webhook that is taken; a refusal carries the id by itself.
    let span = tracing::debug_span!("webhook", request.id = %id);
    let answered = accept(&intake, &target, &head, &mut body);
    match answered.instrument(span).await {
        Ok(appended) => answer::stored(id, appended),
        Err(refused) => {
            // Only names that are configured are told: others are input.
            let source = intake.account(&target.source).map(Account::name);
            refused.tell(id, source.unwrap_or("unknown"), announced)
        }
    }
}

async fn accept(
    intake: &Intake,
    target: &Target,
    head: &Parts,
    body: &mut Body,
) -> Result<Appended, Refused> {
    match head.method {
        Method::POST => {}
        // No CORS grants: a browser is not to post webhooks.
        Method::OPTIONS => return Err(Problem::Preflight.into()),
        _ => return Err(Problem::MethodNotAllowed.into()),
    }
    body::announced(body, &head.headers, &intake.settings)?;
    let now = intake.store.clock().now();
    let unverified = Unverified {
        path_token: target.token.as_deref(),
        query: head.uri.query(),
        headers: &head.headers,
        address: address(head, &intake.settings),
        now,
    };
    let source = &target.source;
    let claim = Claim::new(intake.account(source), intake.stand_in(source), &unverified)
        .map_err(Problem::Unauthorized)?;
    let (verified, room) = prove(intake, claim, body).await?;
    let account = verified.account;
    account.record(&verified.voucher, now);
    let event = event(verified, &head.headers, now)?;
    let appended = intake.writer.append(event, room).await?;
    account.count(appended.outcome);
    tracing::debug!(event.id = %appended.id, status = answer::status(appended.outcome), "received");
    Ok(appended)
}

/// Reads the body of a request that may be its source's, where there is room for it, and sees whether it is.
async fn prove<'a>(
    intake: &Intake,
    claim: Claim<'a>,
    body: &mut Body,
) -> Result<(Verified<'a>, Room), Refused> {
    if intake.writer.is_full() {
        return Err(Problem::Overloaded(Overload::Queue).into());
    }
    let proven = claim.proven();
    if let Some(account) = proven {
        account.admit()?;
    }
    let (body, room) = body::read(body, &intake.settings, intake.budget.room()).await?;
    let refused = |(refusal, body)| Refused::with_body(Problem::Unauthorized(refusal), body);
    let verified = claim.check(body).map_err(refused)?;
    if proven.is_none()
        && let Err(problem) = verified.account.admit()
    {
        return Err(Refused::with_body(problem, verified.into_parts().0));
    }
    Ok((verified, room))
}

/// Where the request comes from; the listener says who the peer is.
fn address(head: &Parts, settings: &Settings) -> Option<IpAddr> {
    let ConnectInfo(peer) = head.extensions.get::<ConnectInfo<SocketAddr>>()?;
    client(peer.ip(), &head.headers, &settings.trusted_proxies)
}

fn event(
    verified: Verified<'_>,
    headers: &HeaderMap,
    received_at: Timestamp,
) -> Result<NewEvent, Refused> {
    let source = &verified.account.settings;
    let (body, delivery_id) = verified.into_parts();
    let reading = match &source.reader {
        Some(reader) => read_with(reader.as_ref(), &body),
        None => read(&body),
    };
    let reading = match reading {
        Ok(reading) => reading,
        Err(malformed) => return Err(Refused::with_body(Problem::Malformed(malformed), body)),
    };
    let event = NewEvent::new(
        source.source.clone(),
        body,
        reading,
        received_at,
        source.duplicate_window,
    );
    Ok(event
        .with_delivery_id(delivery_id)
        .with_trace_context(trace_context(headers)))
}

/// The `traceparent` of the request, where it has the form that W3C Trace Context gives it.
fn trace_context(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("traceparent")?.to_str().ok()?;
    let fits = value.len() == 55
        && value
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    fits.then(|| value.to_owned())
}
