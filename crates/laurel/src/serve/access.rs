//! What the API needs to know who may ask, read from the files that the configuration names.

use axum::http::HeaderValue;
use laurel_graphql::{CustomerTokens, IdentityProvider, KeySet, Settings, TrustedDocuments};
use laurel_store::Source;

use crate::Failure;
use crate::config::{Config, GraphQl, Identity};

/// The settings, with what the files hold.
///
/// # Errors
/// A file cannot be read, or does not hold what it should.
pub(crate) fn with_access(config: &Config, settings: Settings) -> Result<Settings, Failure> {
    let GraphQl {
        introspection,
        cors_origins,
        trusted_documents,
        customer_tokens,
        ..
    } = &config.graphql;
    let documents = trusted_documents.as_ref().map(|path| {
        let opened = TrustedDocuments::open(path);
        opened.map_err(|error| Failure::Usage(format!("graphql.trusted_documents: {error}")))
    });
    let origins = cors_origins.iter().map(|origin| {
        let value = HeaderValue::try_from(origin.to_string());
        value.map_err(|error| Failure::Usage(format!("graphql.cors_origins: {error}")))
    });
    Ok(Settings {
        introspection: *introspection,
        cors_origins: origins.collect::<Result<_, _>>()?,
        documents: documents.transpose()?,
        providers: providers(config)?,
        customer_tokens: CustomerTokens {
            ttl: customer_tokens.ttl,
            max_ttl: customer_tokens.max_ttl,
        },
        ..settings
    })
}

fn providers(config: &Config) -> Result<Vec<IdentityProvider>, Failure> {
    let identities = config
        .sources
        .iter()
        .filter_map(|(name, source)| Some((name, source.identity.as_ref()?)));
    identities
        .map(|(name, identity)| provider(name, identity))
        .collect()
}

fn provider(name: &str, identity: &Identity) -> Result<IdentityProvider, Failure> {
    let at = |key: &str, problem: &dyn std::fmt::Display| {
        Failure::Usage(format!("sources.{name}.identity.{key}: {problem}"))
    };
    let algorithms = identity.algorithms.iter().copied();
    Ok(IdentityProvider {
        source: Source::new(name).map_err(|error| at("source", &error))?,
        issuer: identity.issuer.clone(),
        audience: identity.audience.clone(),
        algorithms: algorithms.map(Into::into).collect(),
        claim: identity.claim.clone(),
        leeway: identity.leeway,
        keys: KeySet::open(&identity.jwks).map_err(|error| at("jwks", &error))?,
    })
}
