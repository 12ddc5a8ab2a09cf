//! `laurel serve`: the server.

use async_graphql::ObjectType;
use tokio_util::sync::CancellationToken;

use crate::serve::{self, Listeners, Role};
use crate::{Failure, Platform, shutdown};

/// Receive webhooks, answer questions, send mail.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Which parts to run in this process.
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

pub(super) async fn run<Q: ObjectType + 'static>(
    args: Args,
    platform: Platform<Q>,
) -> Result<(), Failure> {
    for warning in &platform.loaded.warnings {
        tracing::warn!("{warning}");
    }
    let shutdown = CancellationToken::new();
    shutdown::on_signal(shutdown.clone())?;
    let listeners = Listeners::bind(&platform.loaded.config, args.role).await?;
    if let Some(http) = &listeners.http {
        tracing::info!(address = %http.address(), "listening for webhooks and questions");
    }
    tracing::info!(address = %listeners.admin.address(), "listening for operators");
    let (parts, query) = platform.into_parts(args.role);
    serve::serve(parts, query, listeners, shutdown).await
}
