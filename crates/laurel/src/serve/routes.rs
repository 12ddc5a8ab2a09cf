//! The public port's routes, by role.

use async_graphql::ObjectType;
use axum::Router;
use laurel_ingest::Intake;
use laurel_store::Store;
use tokio_util::sync::CancellationToken;

use super::{Parts, Role, sources, with_access};
use crate::config::{Config, Network};
use crate::links;

pub(super) async fn router<Q: ObjectType + 'static>(
    parts: &Parts,
    query: Q,
    store: &Store,
    shutdown: &CancellationToken,
) -> anyhow::Result<Router> {
    let mut router = Router::new();
    if matches!(parts.role, Role::All | Role::Ingest) {
        let intake = Intake::start(
            store.clone(),
            sources::of(&parts.config, &parts.extensions)?,
            intake_settings(&parts.config),
        );
        router = router.merge(laurel_ingest::router(intake));
    }
    if matches!(parts.role, Role::All | Role::Api) {
        let settings = laurel_graphql::Settings {
            readers: sources::readers(&parts.config, &parts.extensions),
            stop: shutdown.clone(),
            ..parts.config.graphql.settings()
        };
        let settings = with_access(&parts.config, settings)?;
        router = router.merge(laurel_graphql::router_of(store.clone(), settings, query));
        router = router.merge(links::pages(&parts.config, store).await?.router());
        for theirs in &parts.extensions.routes {
            router = theirs.add_to(router, store);
        }
    }
    Ok(router)
}

fn intake_settings(config: &Config) -> laurel_ingest::Settings {
    let proxies = config.http.trusted_proxies.iter();
    laurel_ingest::Settings {
        max_body: config.ingest.max_body,
        body_deadline: config.ingest.body_deadline,
        // PostgreSQL commits side by side; SQLite has one writer.
        writers: if config.database.sqlite_path().is_some() {
            1
        } else {
            4
        },
        max_in_flight: config.ingest.max_in_flight,
        events_per_second: config.ingest.events_per_second,
        trusted_proxies: proxies.map(|Network(network)| *network).collect(),
        ..laurel_ingest::Settings::default()
    }
}
