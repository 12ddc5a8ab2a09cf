//! The story that the demo tells: a few weeks of a small programme, up to one customer's new tier.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, ensure};
use laurel_payloads::{CustomerId, Event, EventKind, Payload};
use laurel_simulator::{Ledger, Programme, Webhook};
use laurel_store::{Clock, SystemClock};

use crate::client::Answer;

const SEED: u64 = 7;
const CUSTOMERS: usize = 4;
/// The story takes a week; it ends before today.
const OPENED: Duration = Duration::from_hours(24 * 8);
/// The story is over long before.
const LONGEST: usize = 1_000;
/// A history of so many kinds of entry is worth looking at.
const KINDS: usize = 5;

pub(super) struct Story {
    pub(super) webhooks: Vec<Webhook>,
    /// The customer whose tier rises for the first time with the last webhook, and who may be written to.
    pub(super) hero: CustomerId,
    /// Their mail address.
    pub(super) address: String,
    /// How many entries their history must have.
    pub(super) entries: u64,
}

/// Somebody who may be written to, and the kinds of event that were told of them.
struct Reader {
    address: String,
    seen: BTreeSet<EventKind>,
}

impl Story {
    /// Tells the programme's story up to the webhook that makes it worth showing.
    pub(super) fn tell() -> anyhow::Result<Self> {
        let opening = SystemClock.now().saturating_sub(OPENED);
        let mut readers: BTreeMap<CustomerId, Reader> = BTreeMap::new();
        let (mut ledger, mut webhooks) = (Ledger::default(), Vec::new());
        for webhook in Programme::new(SEED, CUSTOMERS)
            .opening_at(opening)
            .take(LONGEST)
        {
            ledger
                .receive(&webhook.body)
                .context("the simulator sent what cannot be read")?;
            if let Some(address) = reader_address(&webhook) {
                readers.insert(
                    webhook.customer_id.clone(),
                    Reader {
                        address,
                        seen: BTreeSet::new(),
                    },
                );
            }
            let (id, kind) = (webhook.customer_id.clone(), webhook.kind);
            webhooks.push(webhook);
            let Some(reader) = readers.get_mut(&id) else {
                continue;
            };
            reader.seen.insert(kind);
            if kind != EventKind::TierUpgrade {
                continue;
            }
            if let Some(Reader { address, seen }) = readers.remove(&id)
                && seen.len() >= KINDS
            {
                let entries = ledger
                    .customer(&id)
                    .map_or(0, |standing| standing.entries.values().sum());
                return Ok(Self {
                    webhooks,
                    hero: id,
                    address,
                    entries,
                });
            }
        }
        anyhow::bail!("in this programme nobody's tier rises")
    }

    /// What was posted, by kind, the most frequent first.
    pub(super) fn contents(&self) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for webhook in &self.webhooks {
            *counts.entry(webhook.kind.as_str()).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        let parts: Vec<String> = counts
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        parts.join(" · ")
    }
}

/// The address of somebody whom it registers, who is known by name and has agreed to mail.
fn reader_address(webhook: &Webhook) -> Option<String> {
    let Ok(Event {
        payload: Payload::CustomerRegistration(registration),
        ..
    }) = Event::parse(&webhook.body)
    else {
        return None;
    };
    let customer = registration.customer?;
    let consents = customer
        .consent
        .and_then(|consent| consent.purposes?.email_marketing);
    customer
        .email
        .filter(|_| consents == Some(true) && customer.is_anonymous != Some(true))
}

/// Whether the server answered a webhook as it should.
pub(super) fn expect(status: &str, answer: &Answer) -> anyhow::Result<()> {
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    ensure!(
        said["status"] == status,
        "a webhook was answered {}, not `{status}`: {said}",
        answer.status
    );
    Ok(())
}
