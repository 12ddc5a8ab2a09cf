//! Which secrets are in use, so that one can be taken out of service in the knowledge that nobody needs it.

use laurel_payloads::Timestamp;
use metrics::{counter, gauge};

use crate::SourceSettings;
use crate::verify::Verified;

/// Counts a request that was believed, and notes when its secret was last used.
///
/// `verifier` and `secret` are places in the configuration, counted from 0.
pub(crate) fn record(source: &SourceSettings, verified: &Verified, now: Timestamp) {
    let secret = verified.proof.secret;
    let labels = [
        ("source", source.source.as_str().to_owned()),
        ("kind", verified.kind.to_owned()),
        ("verifier", verified.verifier.to_string()),
        ("secret", secret.to_string()),
    ];
    counter!("laurel_credentials_used_total", &labels).increment(1);
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 are far below 2^53"
    )]
    let seconds = now.micros().div_euclid(1_000_000) as f64;
    gauge!("laurel_credential_last_used_seconds", &labels).set(seconds);
    if secret > 0 {
        tracing::info!(
            source = source.source.as_str(),
            auth.kind = verified.kind,
            secret = "previous",
            "a secret on its way out was used"
        );
    }
}
