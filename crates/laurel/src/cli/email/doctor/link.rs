//! The links in mails: whether somebody answers where they lead.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::Empty;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::Findings;
use crate::Failure;
use crate::config::Config;

const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn look(findings: &mut Findings, config: &Config) -> Result<(), Failure> {
    let Some(base) = &config.http.public_url else {
        return findings.bad(
            "http.public_url is not set: mails have no link to unsubscribe with, which large receivers want",
        );
    };
    if !base.starts_with("https://") {
        Findings::warn(&format!(
            "{base} is no https:// address: one-click unsubscribing needs one (RFC 8058)"
        ))?;
    }
    // A token of nobody's: a page answers that it knows none such.
    let url = format!("{}/email/unsubscribe/doctor", base.trim_end_matches('/'));
    match status(&url).await {
        Ok(404) => Findings::good(&format!("{base}/email/unsubscribe answers")),
        Ok(status) => Findings::warn(&format!(
            "{url} answers {status}, where Laurel answers 404: who is that?"
        )),
        Err(error) => findings.bad(&format!("{url} does not answer: {error:#}")),
    }
}

async fn status(url: &str) -> anyhow::Result<u16> {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
    let roots: rustls::RootCertStore = roots.collect();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    let url = url.parse().context("it is no URL")?;
    let answer = tokio::time::timeout(PATIENCE, client.get(url)).await;
    Ok(answer.context("not in time")??.status().as_u16())
}
