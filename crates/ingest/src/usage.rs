//! Which secrets are in use, so that one can be taken out of service in the knowledge that nobody needs it.

use std::sync::OnceLock;

use laurel_payloads::Timestamp;
use metrics::{Counter, Gauge, counter, gauge};

use crate::claim::Voucher;

/// Secrets of one verifier whose counters are kept at hand; those of more are looked up each time.
const AT_HAND: usize = 4;

/// What is counted for one verifier of a source.
#[derive(Debug)]
pub(crate) struct Usage {
    source: String,
    kind: &'static str,
    /// Its place in the configuration, counted from 0; so are its secrets'.
    verifier: usize,
    secrets: [OnceLock<Meters>; AT_HAND],
}

#[derive(Debug)]
struct Meters {
    used: Counter,
    last: Gauge,
}

impl Usage {
    pub(crate) fn new(source: &str, kind: &'static str, verifier: usize) -> Self {
        Self {
            source: source.to_owned(),
            kind,
            verifier,
            secrets: Default::default(),
        }
    }

    /// Counts a request that was believed, and notes when its secret was last used.
    pub(crate) fn record(&self, voucher: &Voucher, now: Timestamp) {
        let secret = voucher.proof.secret;
        match self.secrets.get(secret) {
            Some(meters) => meters.get_or_init(|| self.meters(secret)).record(now),
            None => self.meters(secret).record(now),
        }
        if secret > 0 {
            tracing::info!(
                source = self.source,
                auth.kind = self.kind,
                secret = "previous",
                "a secret on its way out was used"
            );
        }
    }

    fn meters(&self, secret: usize) -> Meters {
        let labels = [
            ("source", self.source.clone()),
            ("kind", self.kind.to_owned()),
            ("verifier", self.verifier.to_string()),
            ("secret", secret.to_string()),
        ];
        Meters {
            used: counter!("laurel_credentials_used_total", &labels),
            last: gauge!("laurel_credential_last_used_seconds", &labels),
        }
    }
}

impl Meters {
    fn record(&self, now: Timestamp) {
        self.used.increment(1);
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds since 1970 are far below 2^53"
        )]
        self.last.set(now.micros().div_euclid(1_000_000) as f64);
    }
}
