//! The endpoint: `POST /webhooks/{source}` and `POST /webhooks/{source}/{token}`.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use laurel_payloads::read;
use laurel_store::NewEvent;
use metrics::counter;

use crate::verify::Verified;
use crate::{Intake, Problem, SourceSettings, answer, body};

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

#[derive(serde::Deserialize)]
struct Target {
    source: String,
    token: Option<String>,
}

async fn receive(
    State(intake): State<Arc<Intake>>,
    Path(target): Path<Target>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let source = intake.source(&target.source);
    // Only names that are configured become labels: others are input.
    let label = source
        .map_or("unknown", |_| target.source.as_str())
        .to_owned();
    match accept(&intake, source, target.token.as_deref(), &headers, body).await {
        Ok((answer, status)) => {
            counter!("laurel_webhooks_total", "source" => label, "status" => status).increment(1);
            answer
        }
        Err(problem) => {
            let code = problem.code();
            counter!("laurel_webhooks_refused_total", "source" => label.clone(), "reason" => code)
                .increment(1);
            tracing::info!(source = label, reason = code, "a webhook was refused");
            problem.into_response()
        }
    }
}

async fn accept(
    intake: &Intake,
    source: Option<&SourceSettings>,
    token: Option<&str>,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Response, &'static str), Problem> {
    body::announced(headers, &intake.settings)?;
    let body = body::read(body, &intake.settings).await?;
    let verified = Verified::new(source, &intake.nobody, token, headers, body);
    let (Some(verified), Some(source)) = (verified, source) else {
        return Err(Problem::Unauthorized);
    };
    let event = event(intake, source, headers, verified)?;
    let appended = intake
        .writer
        .append(event)
        .await
        .ok_or(Problem::Unavailable)?;
    tracing::debug!(event.id = %appended.id, status = answer::status(appended.outcome), "received");
    Ok((answer::stored(appended), answer::status(appended.outcome)))
}

fn event(
    intake: &Intake,
    source: &SourceSettings,
    headers: &HeaderMap,
    verified: Verified,
) -> Result<NewEvent, Problem> {
    let body = verified.into_body();
    let reading = read(&body).map_err(Problem::Malformed)?;
    let received_at = intake.store.clock().now();
    let event = NewEvent::new(
        source.source.clone(),
        body.into(),
        reading,
        received_at,
        source.duplicate_window,
    );
    Ok(event.with_trace_context(trace_context(headers)))
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
