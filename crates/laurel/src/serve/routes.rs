//! The public port's routes, by role.

use std::sync::Arc;

use anyhow::Context;
use async_graphql::ObjectType;
use axum::Router;
use laurel_ingest::{Intake, SourceSettings, TokenVerifier, Verifier};
use laurel_store::{Source, Store};

use super::{Parts, Role};
use crate::config::{self, AuthKind, Config};

pub(super) fn router<Q: ObjectType + 'static>(
    parts: &Parts,
    query: Q,
    store: &Store,
) -> anyhow::Result<Router> {
    let mut router = Router::new();
    if matches!(parts.role, Role::All | Role::Ingest) {
        let intake = Intake::start(
            store.clone(),
            sources(&parts.config)?,
            intake_settings(&parts.config),
        );
        router = router.merge(laurel_ingest::router(intake));
    }
    if matches!(parts.role, Role::All | Role::Api) {
        let settings = laurel_graphql::Settings {
            max_body: parts.config.graphql.max_body,
            ..laurel_graphql::Settings::default()
        };
        router = router.merge(laurel_graphql::router_of(store.clone(), settings, query));
    }
    Ok(router)
}

fn intake_settings(config: &Config) -> laurel_ingest::Settings {
    laurel_ingest::Settings {
        max_body: config.ingest.max_body,
        body_deadline: config.ingest.body_deadline,
        // PostgreSQL commits side by side; SQLite has one writer.
        writers: if config.database.sqlite_path().is_some() {
            1
        } else {
            4
        },
        ..laurel_ingest::Settings::default()
    }
}

fn sources(config: &Config) -> anyhow::Result<Vec<SourceSettings>> {
    let sources = config.sources.iter().map(|(name, source)| {
        Ok(SourceSettings {
            source: Source::new(name).with_context(|| format!("sources.{name}"))?,
            verifiers: source.auth.iter().map(verifier).collect(),
            allow: None,
            duplicate_window: source.duplicate_window,
        })
    });
    sources.collect()
}

fn verifier(auth: &config::Auth) -> Arc<dyn Verifier> {
    match auth.kind {
        AuthKind::Token => Arc::new(TokenVerifier::new(
            auth.secrets().map(config::Secret::expose),
        )),
    }
}
