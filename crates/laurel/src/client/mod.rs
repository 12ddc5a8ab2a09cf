//! The small HTTP client of `laurel demo` and `laurel simulate`: posts JSON, waits when told to.
//!
//! It speaks plain HTTP only: it is for trying things on one's own machine or network.

use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Request, StatusCode, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Answers are short; a longer one is not from Laurel.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;
/// Nothing we ask takes longer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a post is made again, when the server is busy or away.
const ATTEMPTS: u32 = 20;
/// The longest wait before a post is made again.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Posts to one URL, with one credential.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    http: Pooled<HttpConnector, Full<Bytes>>,
    to: Uri,
    authorization: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    retry_after: Option<Duration>,
}

impl Client {
    pub(crate) fn new(to: &str, token: Option<&str>) -> anyhow::Result<Self> {
        let to: Uri = to.parse().with_context(|| format!("{to} is not a URL"))?;
        match to.scheme_str() {
            Some("http") => {}
            Some("https") => {
                bail!("{to}: only http:// is spoken here; post to the server's own port")
            }
            _ => bail!("{to}: a URL begins with http://"),
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let http = Pooled::builder(TokioExecutor::new()).build(connector);
        Ok(Self {
            http,
            to,
            authorization: token.map(|token| format!("Bearer {token}")),
        })
    }

    /// Posts once.
    pub(crate) async fn post(&self, body: Bytes) -> anyhow::Result<Answer> {
        let mut request = Request::post(self.to.clone()).header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        let request = request.body(Full::new(body))?;
        let exchange = async {
            let response = self.http.request(request).await?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, LONGEST_ANSWER)
                .collect()
                .await
                .map_err(|error| anyhow!(error))?;
            let seconds = head
                .headers
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            let retry_after = seconds.map(Duration::from_secs);
            Ok(Answer {
                status: head.status,
                body: body.to_bytes(),
                retry_after,
            })
        };
        tokio::time::timeout(PATIENCE, exchange)
            .await
            .context("no answer in time")?
    }

    /// Posts until the server takes it or refuses it; busy (429, 503) or away is a reason to wait.
    pub(crate) async fn post_patiently(&self, body: Bytes) -> anyhow::Result<Answer> {
        let mut pause = Duration::from_millis(100);
        for _ in 1..ATTEMPTS {
            let asked = match self.post(body.clone()).await {
                Ok(answer) if !is_busy(answer.status) => return Ok(answer),
                Ok(answer) => answer.retry_after,
                Err(_) => None,
            };
            tokio::time::sleep(asked.unwrap_or(pause).min(LONGEST_WAIT)).await;
            pause = (pause * 2).min(LONGEST_WAIT / 10);
        }
        self.post(body)
            .await
            .with_context(|| format!("{} does not answer", self.to))
    }
}

fn is_busy(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    )
}
