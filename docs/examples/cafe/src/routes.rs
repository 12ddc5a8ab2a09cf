//! The route: `GET /cafe/regulars`

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use laurel_store::Store;
use serde::Serialize;

use crate::table;

/// Below `/cafe`: who comes most often, for whoever has an API key.
pub fn regulars(store: Store) -> Router {
    Router::new()
        .route("/regulars", get(list))
        .with_state(store)
}

#[derive(Serialize)]
struct Regular {
    customer: String,
    stamps: i64,
}

async fn list(
    State(store): State<Store>,
    headers: HeaderMap,
) -> Result<Json<Vec<Regular>>, StatusCode> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let key = header.and_then(|value| value.strip_prefix("Bearer "));
    let key = key.ok_or(StatusCode::UNAUTHORIZED)?;
    let known = store.authenticate(key).await;
    let known = known.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    // A key opens one source, and nobody sees another's customers.
    let source = known.ok_or(StatusCode::UNAUTHORIZED)?.source;
    let cards = table::fullest(&store, &source).await;
    let cards = cards.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let regular = |(customer, stamps)| Regular { customer, stamps };
    Ok(Json(cards.into_iter().map(regular).collect()))
}
