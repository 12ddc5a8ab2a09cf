//! What is refused of the sources' credentials although it parses: what is missing, weak, shared or out of place.

use std::collections::BTreeMap;

use laurel_ingest::StandardWebhooks;

use super::fault::{Fault, fault};
use super::{Auth, AuthKind, Config, Secret};

/// Shorter secrets can be guessed.
const SHORTEST_SECRET: usize = 24;

/// What stands where a secret should, in examples and in haste.
const PLACEHOLDERS: [&str; 7] = [
    "changeme",
    "change-me",
    "change_me",
    "replace-me",
    "your-token",
    "your-secret",
    "placeholder",
];

/// The first fault.
pub(super) fn refuse(config: &Config) -> Result<(), Fault> {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, source) in &config.sources {
        if let Err(error) = laurel_store::Source::new(name) {
            return fault(["sources", name], &error.to_string());
        }
        if source.auth.is_empty() {
            return fault(
                ["sources", name],
                "`auth` is missing: nobody could post to this source",
            );
        }
        for (index, auth) in source.auth.iter().enumerate() {
            let place = ["sources", name, "auth", &index.to_string()];
            if let Some(problem) = problem(auth) {
                return fault(place, &problem);
            }
            for secret in auth.secrets() {
                match owners.insert(secret.expose(), name) {
                    Some(owner) if owner != name => {
                        let problem =
                            format!("source `{owner}` has the same secret; give each its own");
                        return fault(place, &problem);
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

fn problem(auth: &Auth) -> Option<String> {
    if let Some(key) = auth.misplaced() {
        return Some(format!("`{key}` does nothing here"));
    }
    if let Some(key) = auth.missing() {
        return Some(format!("`{key}` is missing"));
    }
    if auth.user.as_deref().is_some_and(|user| user.contains(':')) {
        return Some(
            "a user's name cannot hold a colon: what follows it is the password".to_owned(),
        );
    }
    let revoked = |secret: &Secret| {
        let mut revoked = auth.revoked.iter();
        revoked.any(|revoked| revoked.expose() == secret.expose())
    };
    if auth.secrets().any(revoked) {
        return Some("a secret is valid and revoked at once".to_owned());
    }
    let weakness = |secret: &Secret| weakness(secret.expose(), auth.kind);
    unusable(auth).or_else(|| auth.secrets().find_map(weakness).map(str::to_owned))
}

/// What is wrong with secrets that have a form of their own.
fn unusable(auth: &Auth) -> Option<String> {
    let secrets = auth.secrets().chain(&auth.revoked).map(Secret::expose);
    let standard = auth.kind == AuthKind::StandardWebhooks;
    let parsed = standard.then(|| StandardWebhooks::new(secrets));
    parsed.and_then(|parsed| Some(parsed.err()?.to_string()))
}

fn weakness(secret: &str, kind: AuthKind) -> Option<&'static str> {
    let lower = secret.to_ascii_lowercase();
    let mut distinct: Vec<u8> = secret.bytes().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let in_path = kind == AuthKind::Token;
    if secret.len() < SHORTEST_SECRET {
        Some("the secret is shorter than 24 bytes; `openssl rand -hex 24` makes a good one")
    } else if in_path && secret.contains('/') || !secret.bytes().all(|byte| byte.is_ascii_graphic())
    {
        Some("the secret must fit in a URL's path and in a header: visible ASCII without a slash")
    } else if distinct.len() < 6 || PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        Some("the secret is a placeholder; `openssl rand -hex 24` makes a good one")
    } else {
        None
    }
}
