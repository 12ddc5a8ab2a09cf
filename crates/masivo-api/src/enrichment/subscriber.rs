//! The subscriber that notes customers of whom no webhook has told a profile or an address.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use laurel_dispatch::{Context, Kinds, RecordedEvent, Rejection, Subscriber};
use laurel_payloads::{CustomerId, EventKind};
use laurel_store::{Source, Store};

use super::lacks;
use crate::tables::lookups;
use crate::{Error, Settings};

/// How long a registration may take to come after the event that it explains.
const GRACE: Duration = Duration::from_mins(1);

/// Notes whom to ask for. It asks nobody: that is the work of [`Lookups`](super::Lookups).
#[derive(Debug, Clone, Default)]
pub struct Enrichment {
    sources: BTreeSet<Source>,
}

impl Enrichment {
    /// For the accounts that are to be enriched; without one it takes no events.
    ///
    /// # Errors
    /// [`Error::Settings`] where an account's name is no source's.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        let mut sources = BTreeSet::new();
        for account in settings.by_source() {
            let (source, account) = account?;
            if account.enrich {
                sources.insert(source);
            }
        }
        Ok(Self { sources })
    }
}

#[async_trait]
impl Subscriber for Enrichment {
    fn name(&self) -> &'static str {
        "masivo-enrichment"
    }

    /// A registration tells who it is about; every other event may be about somebody whom nobody has told of.
    fn kinds(&self) -> Kinds {
        let all = EventKind::ALL.iter().copied();
        let mute = [
            EventKind::CustomerRegistration,
            EventKind::External,
            EventKind::Unrecognized,
        ];
        Kinds::of(all.filter(|kind| !self.sources.is_empty() && !mute.contains(kind)))
    }

    async fn handle(
        &self,
        cx: &mut Context<'_>,
        events: &[RecordedEvent],
    ) -> Result<(), Rejection> {
        let mut seen = BTreeMap::<&Source, BTreeSet<&CustomerId>>::new();
        for event in events {
            if let Some(customer) = &event.customer_id
                && self.sources.contains(&event.source)
            {
                seen.entry(&event.source).or_default().insert(customer);
            }
        }
        let mut unknown = Vec::new();
        for (source, customers) in seen {
            let customers: Vec<CustomerId> = customers.into_iter().cloned().collect();
            unknown.push((source, new_ones(cx.read(), source, customers).await?));
        }
        unknown.retain(|(_, customers)| !customers.is_empty());
        if unknown.is_empty() {
            return Ok(());
        }
        let due_at = cx.read().clock().now().saturating_add(GRACE);
        let tx = cx.write().await?;
        for (source, customers) in unknown {
            lookups::note(tx, source, &customers, due_at).await?;
        }
        Ok(())
    }

    async fn clear(&self, cx: &mut Context<'_>) -> Result<(), Rejection> {
        Ok(lookups::forget(cx.write().await?).await?)
    }
}

/// Those of whom something is to be asked, and who are not noted yet.
async fn new_ones(
    store: &Store,
    source: &Source,
    mut customers: Vec<CustomerId>,
) -> laurel_store::Result<Vec<CustomerId>> {
    let known = store.scope(source).customers_by_id(&customers).await?;
    customers.retain(|customer| lacks(known.get(customer)));
    let erased = store.scope(source).erased(&customers).await?;
    customers.retain(|customer| !erased.contains(customer));
    let noted = lookups::noted(store, source, &customers).await?;
    customers.retain(|customer| !noted.contains(customer.as_str()));
    Ok(customers)
}
