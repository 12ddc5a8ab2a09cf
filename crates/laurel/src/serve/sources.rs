//! The configured sources, as intake takes them.

use std::sync::Arc;

use anyhow::{Context, bail};
use laurel_graphql::Readers;
use laurel_ingest::{
    AllowList, BasicVerifier, HmacAlgorithm, HmacSettings, HmacVerifier, QueryVerifier, RateLimit,
    SignatureEncoding, SignedTime, SourceSettings, StandardWebhooks, TokenVerifier, Verifier,
};
use laurel_store::Source;

use crate::config::{self, Algorithm, Auth, AuthKind, Config, Encoding, Header, Network, Secret};
use crate::platform::Extensions;

/// The parameter of a secret in the query, unless another is configured.
const PARAMETER: &str = "token";

pub(super) fn of(config: &Config, extensions: &Extensions) -> anyhow::Result<Vec<SourceSettings>> {
    let sources = config.sources.iter().map(|(name, source)| {
        one(name, source, extensions).with_context(|| format!("sources.{name}"))
    });
    sources.collect()
}

/// What reads the sources that are not Masivo's, by their names.
pub(super) fn readers(config: &Config, extensions: &Extensions) -> Readers {
    let readers = config.sources.iter().filter_map(|(name, source)| {
        let reader = extensions.readers.get(source.format.as_str())?;
        Some((name.clone(), Arc::clone(reader)))
    });
    Readers::new(readers)
}

fn one(
    name: &str,
    source: &config::Source,
    extensions: &Extensions,
) -> anyhow::Result<SourceSettings> {
    let is_address = |auth: &&Auth| auth.kind == AuthKind::Ip;
    let addresses: Vec<&Auth> = source.auth.iter().filter(is_address).collect();
    let allow = (!addresses.is_empty()).then(|| allow_list(&addresses));
    let credentials = source.auth.iter().enumerate();
    let credentials = credentials.filter(|(_, auth)| !is_address(auth));
    let verifiers: anyhow::Result<Vec<_>> = credentials
        .map(|(index, auth)| match auth.kind {
            AuthKind::Extension => extensions.verifier(name, index),
            _ => verifier(auth),
        })
        .collect();
    let mut verifiers = verifiers?;
    // Alone the address is the credential; beside others it is a condition.
    if let (true, Some(allow)) = (verifiers.is_empty(), &allow) {
        verifiers.push(Arc::new(allow.clone()));
    }
    Ok(SourceSettings {
        allow,
        duplicate_window: source.duplicate_window,
        rate_limit: source.rate_limit.map(rate_limit),
        reader: extensions.readers.get(source.format.as_str()).cloned(),
        ..SourceSettings::new(Source::new(name)?, verifiers)
    })
}

fn rate_limit(limit: config::RateLimit) -> RateLimit {
    RateLimit {
        per_second: limit.per_second,
        burst: limit.burst.unwrap_or(limit.per_second),
    }
}

fn allow_list(addresses: &[&Auth]) -> AllowList {
    let networks = addresses.iter().flat_map(|auth| &auth.networks);
    AllowList::new(networks.map(|Network(network)| *network).collect())
}

fn verifier(auth: &Auth) -> anyhow::Result<Arc<dyn Verifier>> {
    let secrets = || auth.secrets().map(Secret::expose);
    let revoked = || auth.revoked.iter().map(Secret::expose);
    Ok(match auth.kind {
        AuthKind::Token => Arc::new(TokenVerifier::new(secrets()).revoking(revoked())),
        AuthKind::Query => {
            let parameter = auth.parameter.as_deref().unwrap_or(PARAMETER);
            Arc::new(QueryVerifier::new(parameter, secrets()).revoking(revoked()))
        }
        AuthKind::Basic => {
            let user = auth.user.as_deref().context("`user` is missing")?;
            Arc::new(BasicVerifier::new(user, secrets()).revoking(revoked()))
        }
        AuthKind::Hmac => Arc::new(HmacVerifier::new(hmac(auth)?, secrets()).revoking(revoked())),
        AuthKind::StandardWebhooks => {
            let verifier = StandardWebhooks::new(secrets())?.revoking(revoked())?;
            Arc::new(verifier.tolerance(auth.tolerance))
        }
        AuthKind::Ip => Arc::new(allow_list(&[auth])),
        AuthKind::Extension => bail!("an extension's credential is its own to make"),
    })
}

fn hmac(auth: &Auth) -> anyhow::Result<HmacSettings> {
    let Header(header) = auth.header.clone().context("`header` is missing")?;
    let time = auth
        .timestamp_header
        .clone()
        .map(|Header(header)| SignedTime {
            header,
            tolerance: auth.tolerance,
        });
    Ok(HmacSettings {
        algorithm: match auth.algorithm {
            None | Some(Algorithm::Sha256) => HmacAlgorithm::Sha256,
            Some(Algorithm::Sha512) => HmacAlgorithm::Sha512,
        },
        encoding: match auth.encoding {
            None | Some(Encoding::Hex) => SignatureEncoding::Hex,
            Some(Encoding::Base64) => SignatureEncoding::Base64,
        },
        prefix: auth.prefix.clone().unwrap_or_default(),
        time,
        ..HmacSettings::new(header)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUIDE: &str = include_str!("../../../../docs/sources.md");

    /// The kinds of verifier that each example of the guide comes to, and whether addresses are asked for besides.
    fn examples() -> Vec<(Vec<&'static str>, bool)> {
        let parts = GUIDE.split("```toml\n").skip(1);
        let examples = parts.filter_map(|part| part.split("```").next());
        let sources = examples.flat_map(|example| {
            let config: Config = toml::from_str(example).expect("an example that can be read");
            of(&config, &Extensions::default()).expect("an example that can be used")
        });
        let kinds =
            |source: &SourceSettings| source.verifiers.iter().map(|one| one.kind()).collect();
        sources
            .map(|source| (kinds(&source), source.allow.is_some()))
            .collect()
    }

    #[test]
    fn the_examples_of_the_guide_are_what_it_says() {
        let expected = [
            ("token", false),
            ("basic", false),
            ("query", false),
            ("hmac", false),
            ("hmac", false),
            ("standard-webhooks", false),
            ("standard-webhooks", false),
            ("token", true),
            ("token", false),
            ("token", false),
        ];
        assert_eq!(
            examples(),
            expected.map(|(kind, allow)| (vec![kind], allow))
        );
    }

    #[test]
    fn an_address_alone_is_the_credential() {
        let text = "[sources.a]\nauth = [{ kind = \"ip\", networks = [\"::1\"] }]\n";
        let config = toml::from_str(text).expect("a configuration");
        let sources = of(&config, &Extensions::default()).expect("sources");
        assert_eq!(sources[0].verifiers[0].kind(), "ip");
    }
}
