//! What the sender's domain publishes: the other halves of the keys, who may send for it, and what is to become of the rest.

use laurel_notify::dkim::Signer;

use super::Findings;
use super::dns::Resolver;
use crate::config::Email;
use crate::{Failure, mail};

pub(super) async fn look(
    findings: &mut Findings,
    email: &Email,
    domain: &str,
    resolver: Resolver,
) -> Result<(), Failure> {
    let dkim = mail::dkim(email)?;
    if dkim.signers().is_empty() {
        Findings::warn("mail is not signed: `laurel email dkim --new FILE` makes a key")?;
    }
    for signer in dkim.signers() {
        key(findings, signer, dkim.domain(domain), resolver).await?;
    }
    let bounces = email
        .return_path
        .as_deref()
        .and_then(|path| path.rsplit_once('@'));
    let bounces = bounces.map_or(domain, |(_, domain)| domain);
    policy(resolver, bounces, "v=spf1", "SPF: who may send for it").await?;
    let dmarc = format!("_dmarc.{domain}");
    policy(
        resolver,
        &dmarc,
        "v=DMARC1",
        "DMARC: what becomes of mail that is not signed",
    )
    .await
}

/// Whether the domain publishes a key as we have it.
async fn key(
    findings: &mut Findings,
    signer: &Signer,
    domain: &str,
    resolver: Resolver,
) -> Result<(), Failure> {
    let name = signer.selector.record_name(domain);
    let wanted = signer.key.record();
    let algorithm = signer.key.algorithm();
    match resolver.txt(&name).await {
        Ok(texts) if texts.iter().any(|text| same_key(text, &wanted)) => {
            Findings::good(&format!("{name} publishes the key of {algorithm}"))
        }
        Ok(texts) if texts.is_empty() => findings.bad(&format!(
            "{name} publishes nothing: signatures with {algorithm} cannot be verified; it should have\n      {wanted}"
        )),
        Ok(_) => findings.bad(&format!("{name} publishes another key; it should have\n      {wanted}")),
        Err(error) => Findings::warn(&format!("{name}: {error}; it should have\n      {wanted}")),
    }
}

/// Whether two records hold the same public key; what else they say is the operator's affair.
fn same_key(published: &str, wanted: &str) -> bool {
    let key = |record: &str| {
        let tags = record.split(';').filter_map(|tag| tag.split_once('='));
        let mut keys = tags.filter(|(name, _)| name.trim() == "p");
        keys.next()
            .map(|(_, key)| key.split_whitespace().collect::<String>())
    };
    key(published).is_some_and(|published| key(wanted) == Some(published))
}

/// Whether there is a policy of this version under a name.
async fn policy(resolver: Resolver, name: &str, version: &str, what: &str) -> Result<(), Failure> {
    match resolver.txt(name).await {
        Ok(texts) => match texts.iter().find(|text| text.starts_with(version)) {
            Some(text) => Findings::good(&format!("{name} says {text}")),
            None => Findings::warn(&format!(
                "{name} has no record that begins with {version} ({what})"
            )),
        },
        Err(error) => Findings::warn(&format!("{name}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::same_key;

    #[test]
    fn records_are_the_same_that_hold_the_same_key() {
        let wanted = "v=DKIM1; k=ed25519; p=abc+/=";
        for same in [
            wanted,
            "k=ed25519;p=abc+/=;",
            "v=DKIM1; t=s; k=ed25519; p=ab c+/=",
        ] {
            assert!(same_key(same, wanted), "{same}");
        }
        for other in [
            "",
            "v=DKIM1; k=ed25519; p=",
            "v=DKIM1; p=abc",
            "v=spf1 -all",
        ] {
            assert!(!same_key(other, wanted), "{other}");
        }
    }
}
