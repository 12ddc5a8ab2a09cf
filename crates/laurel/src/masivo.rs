//! The extension that the stock server comes with: Masivo's REST API.

use std::sync::Arc;

use anyhow::anyhow;
use laurel::{Failure, Platform};
use laurel_masivo_api::{Backfill, Enrichment, Error, Lookups, Migrator, Reconcile, Settings};
use laurel_store::{Clock, SystemClock};

/// Adds it. Without an account in `[extensions.masivo_api]` it does nothing.
pub(crate) fn add(mut platform: Platform) -> Result<Platform, Failure> {
    let settings: Settings = platform.section("masivo_api")?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let lookups = Lookups::new(&settings, &clock).map_err(failure)?;
    let enrichment = Enrichment::new(&settings).map_err(failure)?;
    let filling = settings.clone();
    Ok(platform
        .migrator(Migrator)
        .subscriber(enrichment)
        .worker("masivo-lookups", move |store, stop| {
            lookups.clone().run(store, stop)
        })
        .command(async move |backfill: Backfill, session| {
            let store = session.store().await?;
            let report = backfill.run(&filling, &store).await;
            session.print(&report.map_err(failure)?)
        })
        .command(async move |reconcile: Reconcile, session| {
            let store = session.store().await?;
            let done = reconcile.run(&settings, &store).await.map_err(failure)?;
            session.print(&done.report)?;
            match done.differences {
                0 => Ok(()),
                some => Err(anyhow!("balances that differ: {some}").into()),
            }
        }))
}

fn failure(error: Error) -> Failure {
    match error {
        Error::Usage(_) | Error::Settings(_) => Failure::Usage(error.to_string()),
        Error::Unknown(_) => Failure::NotFound(error.to_string()),
        Error::Store(error) => error.into(),
        error => Failure::Other(error.into()),
    }
}
