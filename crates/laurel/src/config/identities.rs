//! What is refused of customers' tokens although it parses.

use std::collections::BTreeMap;
use std::time::Duration;

use laurel_graphql::TOKEN_ISSUER;

use super::fault::{Fault, fault};
use super::{Config, Identity};

/// A clock that is further off is wrong, and tokens would outlive their end by as much.
const LONGEST_LEEWAY: Duration = Duration::from_mins(5);

/// The longest life of a token that nobody can take back.
const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// The first fault.
pub(super) fn refuse(config: &Config) -> Result<(), Fault> {
    let tokens = &config.graphql.customer_tokens;
    if tokens.max_ttl > LONGEST_LIFE {
        let problem = "must be 24h or less: a token cannot be taken back";
        return fault(["graphql", "customer_tokens", "max_ttl"], problem);
    }
    if tokens.ttl.as_secs() == 0 || tokens.ttl > tokens.max_ttl {
        let problem = "must be a second or more, and no longer than `max_ttl`";
        return fault(["graphql", "customer_tokens", "ttl"], problem);
    }
    let mut owners: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for (name, source) in &config.sources {
        let Some(identity) = &source.identity else {
            continue;
        };
        let place = |key| ["sources", name, "identity", key];
        if let Some((key, problem)) = problem(identity) {
            return fault(place(key), problem);
        }
        let tokens = (identity.issuer.as_str(), identity.audience.as_str());
        if let Some(owner) = owners.insert(tokens, name) {
            let problem = format!(
                "source `{owner}` has the same issuer and audience; its tokens would open both"
            );
            return fault(place("audience"), &problem);
        }
    }
    Ok(())
}

fn problem(identity: &Identity) -> Option<(&'static str, &'static str)> {
    let named = [
        ("issuer", &identity.issuer),
        ("audience", &identity.audience),
        ("claim", &identity.claim),
    ];
    if let Some((key, _)) = named.into_iter().find(|(_, text)| text.is_empty()) {
        return Some((key, "must not be empty"));
    }
    if identity.issuer == TOKEN_ISSUER {
        return Some(("issuer", "`laurel` issues the tokens of our own making"));
    }
    if identity.algorithms.is_empty() {
        return Some(("algorithms", "without one no token can be good"));
    }
    (identity.leeway > LONGEST_LEEWAY).then_some(("leeway", "must be 5m or less: set the clock"))
}
