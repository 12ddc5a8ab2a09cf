//! What is refused although it parses, and what is allowed although it is unwise.

use std::path::Path;
use std::time::Duration;

use super::fault::{Fault, fault};
use super::{Config, Transport, credentials, identities};

/// Less, and work would be taken from those who are still at it.
const SHORTEST_LEASE: Duration = Duration::from_secs(1);

/// The first fault that the types of the configuration let through.
pub(super) fn refuse(config: &Config) -> Result<(), Fault> {
    listeners(config)?;
    database(config)?;
    limits(config)?;
    credentials::refuse(config)?;
    identities::refuse(config)?;
    brands(config)?;
    email(config)
}

fn listeners(config: &Config) -> Result<(), Fault> {
    for (section, address) in [("http", config.http.listen), ("admin", config.admin.listen)] {
        if address.port() == 0 {
            return fault(
                [section, "listen"],
                "port 0 is a different port at each start; name one",
            );
        }
    }
    if config.http.listen == config.admin.listen {
        return fault(
            ["admin", "listen"],
            "http.listen is the same address and port",
        );
    }
    match &config.http.public_url {
        Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => fault(
            ["http", "public_url"],
            "expected a URL that begins with https:// or http://",
        ),
        _ => Ok(()),
    }
}

fn database(config: &Config) -> Result<(), Fault> {
    let url = config.database.url.expose();
    let known = ["sqlite:", "postgres://", "postgresql://"];
    if !known.iter().any(|scheme| url.starts_with(scheme)) {
        return fault(
            ["database", "url"],
            "expected sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE",
        );
    }
    if config
        .database
        .sqlite_path()
        .is_some_and(|path| path.as_os_str().is_empty() || path.as_os_str() == ":memory:")
    {
        return fault(
            ["database", "url"],
            "SQLite needs a file: what is in memory is gone at the next start",
        );
    }
    Ok(())
}

fn limits(config: &Config) -> Result<(), Fault> {
    let limits = [
        (
            ["database", "connections"],
            config.database.connections as usize,
            2,
        ),
        (["http", "max_connections"], config.http.max_connections, 1),
        (
            ["http", "max_connections_per_address"],
            config.http.max_connections_per_address,
            1,
        ),
        (["ingest", "max_body"], config.ingest.max_body, 1),
    ];
    let queries = config.graphql.numbers();
    let queries = queries.map(|(name, value)| (["graphql", name], value, 1));
    for (path, value, least) in limits.into_iter().chain(queries) {
        if value < least {
            return fault(path, &format!("must be {least} or more"));
        }
    }
    if config.ingest.max_in_flight / 2 < config.ingest.max_body {
        return fault(
            ["ingest", "max_in_flight"],
            "must be twice ingest.max_body or more: there is to be room for the largest body",
        );
    }
    for (path, value) in [
        (["http", "header_deadline"], config.http.header_deadline),
        (["ingest", "body_deadline"], config.ingest.body_deadline),
        (["graphql", "body_deadline"], config.graphql.body_deadline),
        (["graphql", "deadline"], config.graphql.deadline),
    ] {
        if value.is_zero() {
            return fault(path, "a deadline of nothing refuses everything");
        }
    }
    if config.workers.lease < SHORTEST_LEASE {
        return fault(
            ["workers", "lease"],
            "must be a second or more: work takes its time",
        );
    }
    Ok(())
}

fn brands(config: &Config) -> Result<(), Fault> {
    if config.email.brand.templates.is_some() {
        return fault(
            ["email", "brand", "templates"],
            "for all sources it is `email.templates`",
        );
    }
    if let Err((key, problem)) = config.email.brand.read(None) {
        return fault(["email", "brand", key], &problem);
    }
    for (name, source) in &config.sources {
        if let Some(Err((key, problem))) = source.brand.as_ref().map(|brand| brand.read(None)) {
            return fault(["sources", name, "brand", key], &problem);
        }
    }
    Ok(())
}

fn email(config: &Config) -> Result<(), Fault> {
    let email = &config.email;
    email.dkim.refuse()?;
    if email.transport == Transport::None {
        return Ok(());
    }
    if email.from.is_none() {
        return fault(["email"], "`from` is missing: who the mail is from");
    }
    if email.transport == Transport::Smtp && email.smtp.is_none() {
        return fault(
            ["email"],
            "`smtp` is missing: [email.smtp] url = \"smtp://…\" names the relay",
        );
    }
    Ok(())
}

/// What the operator should know: secrets that others may read, mail that is not sent.
pub(super) fn warn(config: &Config, file: Option<&Path>) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(file) = file.filter(|file| holds_secrets(config) && world_readable(file)) {
        let path = file.display();
        warnings.push(format!(
            "{path} holds secrets and every user of this machine may read it; `chmod 600 {path}`"
        ));
    }
    let key = config.http.tls.as_ref().map(|tls| &tls.key);
    if let Some(key) = key.filter(|key| world_readable(key)) {
        let path = key.display();
        warnings.push(format!(
            "{path} is the certificate's key and every user of this machine may read it; `chmod 600 {path}`"
        ));
    }
    for key in config.email.dkim.files().filter(|key| world_readable(key)) {
        let path = key.display();
        warnings.push(format!(
            "{path} is a key that mail is signed with and every user of this machine may read it; `chmod 600 {path}`"
        ));
    }
    if config.sources.is_empty() {
        warnings.push(
            "no [sources.<name>] is configured: every webhook will be answered 401".to_owned(),
        );
    }
    warnings
}

fn holds_secrets(config: &Config) -> bool {
    !config.sources.is_empty()
        || config.database.url.has_password()
        || config.email.dkim.holds_secrets()
        || config
            .email
            .smtp
            .as_ref()
            .is_some_and(|smtp| smtp.url.has_password())
}

#[cfg(unix)]
fn world_readable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn world_readable(_: &Path) -> bool {
    false
}
