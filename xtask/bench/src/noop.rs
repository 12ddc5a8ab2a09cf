//! The first yardstick: a handler of axum's that reads and parses the body, and keeps nothing.

use std::net::SocketAddr;

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};

pub(crate) fn serve(address: SocketAddr) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let router = axum::Router::new().route("/", post(receive));
        axum::serve(listener, router).await?;
        Ok(())
    })
}

async fn receive(body: Bytes) -> Result<Json<Value>, StatusCode> {
    let body: Value = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let status = if body.is_object() {
        "accepted"
    } else {
        "refused"
    };
    Ok(Json(json!({ "status": status })))
}
