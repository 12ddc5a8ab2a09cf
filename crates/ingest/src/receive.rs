//! The endpoint: `POST /webhooks/{source}` and `POST /webhooks/{source}/{token}`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use laurel_payloads::{Timestamp, read};
use laurel_store::NewEvent;
use metrics::counter;

use crate::verifiers::client;
use crate::verify::Verified;
use crate::{Intake, Problem, Refusal, Settings, SourceSettings, Unverified, answer, body, usage};

/// The routes of intake.
pub fn router(intake: Intake) -> Router {
    let hook = on(MethodFilter::POST, receive)
        // No CORS grants: a browser is not to post webhooks.
        .options(async || StatusCode::NO_CONTENT)
        .fallback(async || Problem::MethodNotAllowed);
    Router::new()
        .route("/webhooks/{source}", hook.clone())
        .route("/webhooks/{source}/{token}", hook)
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
    // Only names that are configured become labels: others are input.
    let label = intake
        .source(&target.source)
        .map_or("unknown", |_| target.source.as_str())
        .to_owned();
    match accept(&intake, &target, request).await {
        Ok((answer, status)) => {
            counter!("laurel_webhooks_total", "source" => label, "status" => status).increment(1);
            answer
        }
        Err(problem) => {
            let reason = problem.reason();
            counter!("laurel_webhooks_refused_total", "source" => label.clone(), "reason" => reason)
                .increment(1);
            if problem == Problem::Unauthorized(Refusal::Revoked) {
                tracing::warn!(source = label, reason, "a revoked secret is still in use");
            } else {
                tracing::info!(source = label, reason, "a webhook was refused");
            }
            problem.into_response()
        }
    }
}

async fn accept(
    intake: &Intake,
    target: &Target,
    request: Request,
) -> Result<(Response, &'static str), Problem> {
    let (parts, body) = request.into_parts();
    body::announced(&parts.headers, &intake.settings)?;
    let body = body::read(body, &intake.settings).await?;
    let now = intake.store.clock().now();
    let source = intake.source(&target.source);
    let unverified = Unverified {
        path_token: target.token.as_deref(),
        query: parts.uri.query(),
        headers: &parts.headers,
        body: &body,
        address: address(&parts, &intake.settings),
        now,
    };
    let verified = Verified::new(source, intake.stand_in(&target.source), &unverified)
        .map_err(Problem::Unauthorized)?;
    let source = source.ok_or(Problem::Unauthorized(Refusal::Wrong))?;
    usage::record(source, &verified, now);
    let event = event(source, &parts.headers, verified, now)?;
    let appended = intake
        .writer
        .append(event)
        .await
        .ok_or(Problem::Unavailable)?;
    tracing::debug!(event.id = %appended.id, status = answer::status(appended.outcome), "received");
    Ok((answer::stored(appended), answer::status(appended.outcome)))
}

/// Where the request comes from; the listener says who the peer is.
fn address(parts: &Parts, settings: &Settings) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    client(peer.ip(), &parts.headers, &settings.trusted_proxies)
}

fn event(
    source: &SourceSettings,
    headers: &HeaderMap,
    verified: Verified,
    received_at: Timestamp,
) -> Result<NewEvent, Problem> {
    let (body, delivery_id) = verified.into_parts();
    let reading = read(&body).map_err(Problem::Malformed)?;
    let event = NewEvent::new(
        source.source.clone(),
        body.into(),
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
