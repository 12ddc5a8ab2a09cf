//! A source as intake knows it: its settings, its share of requests, and what is counted for it.

use laurel_payloads::Timestamp;
use laurel_store::Outcome;
use metrics::{Counter, counter};

use crate::claim::Voucher;
use crate::limit::Limit;
use crate::usage::Usage;
use crate::{Problem, SourceSettings, answer};

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) settings: SourceSettings,
    limit: Option<Limit>,
    /// By verifier.
    usage: Vec<Usage>,
    stored: [(Outcome, Counter); 3],
}

impl Account {
    /// Its counters are looked up once, here: labels are made of text, which costs more than counting.
    pub(crate) fn new(settings: SourceSettings) -> Self {
        let name = settings.source.as_str();
        let outcomes = [Outcome::Accepted, Outcome::Duplicate, Outcome::Quarantined];
        let verifiers = settings.verifiers.iter().enumerate();
        Self {
            limit: settings.rate_limit.map(Limit::new),
            usage: verifiers
                .map(|(place, verifier)| Usage::new(name, verifier.kind(), place))
                .collect(),
            stored: outcomes.map(|outcome| {
                let labels = [
                    ("source", name.to_owned()),
                    ("status", answer::status(outcome).to_owned()),
                ];
                (outcome, counter!("laurel_webhooks_total", &labels))
            }),
            settings,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.settings.source.as_str()
    }

    /// Lets one more request through, where there is a share of them and it is not used up.
    pub(crate) fn admit(&self) -> Result<(), Problem> {
        self.limit.as_ref().map_or(Ok(()), Limit::take)
    }

    /// Counts a request that was believed, by whom and by which secret.
    pub(crate) fn record(&self, voucher: &Voucher, now: Timestamp) {
        if let Some(usage) = self.usage.get(voucher.verifier) {
            usage.record(voucher, now);
        }
    }

    /// Counts a webhook that was stored.
    pub(crate) fn count(&self, outcome: Outcome) {
        let counters = self.stored.iter();
        for (_, counter) in counters.filter(|(counted, _)| *counted == outcome) {
            counter.increment(1);
        }
    }
}
