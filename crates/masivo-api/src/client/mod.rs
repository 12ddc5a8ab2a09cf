//! A client of Masivo's REST API: asks politely, again where that may help, and says what became of it.

mod error;
mod limits;
mod pace;
mod tokens;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use laurel_payloads::CustomerId;
use laurel_settings::Secret;
use laurel_store::Clock;
use metrics::counter;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

pub use error::ApiError;
use error::{Again, Failed};
use pace::Pace;
use tokens::{Renewal, Token, Tokens};
use transport::{Answer, Transport};

use crate::settings::{Account, InvalidSettings};
use crate::wire::{Data, Known, Reward, Tier, Transactions};

/// How often a question is asked again.
const TRIES_MORE: usize = 3;
/// The wait before the second try; it doubles, and is spread at random.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How long a refusal for too many requests counts that does not say.
const A_WHILE: Duration = Duration::from_mins(1);
/// How many rewards a page holds, and how many pages an account may have.
const PAGE: usize = 100;
const MOST_PAGES: usize = 100;

/// A client for one account. Clones share its token and its pace.
#[derive(Debug, Clone)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    transport: Transport,
    pace: Pace,
    tokens: Tokens,
    key: Secret,
    clock: Arc<dyn Clock>,
}

impl Client {
    /// A client for an account; `name` is what the configuration calls it. It connects when it is asked something.
    ///
    /// # Errors
    /// [`InvalidSettings`] where the base address will not do.
    pub fn new(
        name: &str,
        account: &Account,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, InvalidSettings> {
        Ok(Self(Arc::new(Inner {
            transport: Transport::new(name, account)?,
            pace: Pace::new(account),
            tokens: Tokens::default(),
            key: account.api_key.clone(),
            clock,
        })))
    }

    /// A customer's profile and wallet, by the brand's own id; none where Masivo knows nobody of that id.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn customer(&self, id: &CustomerId) -> Result<Option<Known>, ApiError> {
        let answer = self
            .ask(&format!("/customers/{}", encoded(id.as_str())))
            .await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        read(&answer).map(Some)
    }

    /// A customer's transactions of a year; of the last three months where none is given. A customer whom Masivo does
    /// not know has none.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn transactions(
        &self,
        id: &CustomerId,
        year: Option<i32>,
    ) -> Result<Transactions, ApiError> {
        let query = year.map(|year| format!("?year={year}")).unwrap_or_default();
        let path = format!("/customers/{}/transactions{query}", encoded(id.as_str()));
        let answer = self.ask(&path).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(Transactions::default());
        }
        read(&answer)
    }

    /// The account's tiers.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn tiers(&self) -> Result<Vec<Tier>, ApiError> {
        read(&self.ask_for("/tiers").await?)
    }

    /// The account's rewards, page after page.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn rewards(&self) -> Result<Vec<Reward>, ApiError> {
        let mut rewards = Vec::new();
        for page in 0..MOST_PAGES {
            let (from, to) = (page * PAGE, page * PAGE + PAGE - 1);
            let answer = self
                .ask_for(&format!("/rewards?from={from}&to={to}"))
                .await?;
            let more: Vec<Reward> = read(&answer)?;
            let last = more.len() < PAGE;
            rewards.extend(more);
            if last {
                return Ok(rewards);
            }
        }
        Err(ApiError::Malformed("rewards without an end".to_owned()))
    }

    async fn ask_for(&self, path: &str) -> Result<Answer, ApiError> {
        let answer = self.ask(path).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(ApiError::Refused(answer.status.as_u16()));
        }
        Ok(answer)
    }

    /// Asks until there is an answer, a refusal, or no sense in asking again. The answer is 200 or 404.
    async fn ask(&self, path: &str) -> Result<Answer, ApiError> {
        let waits = ExponentialBuilder::default()
            .with_jitter()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_max_times(TRIES_MORE);
        let answer = (|| self.try_once(path))
            .retry(waits)
            .when(|failed: &Failed| failed.again != Again::Never)
            .adjust(|failed, wait| match failed.again {
                Again::After(told) => wait.map(|wait| wait.max(told)),
                _ => wait,
            });
        answer.await.map_err(|failed| failed.error)
    }

    /// One try; a token that is refused is renewed, once.
    async fn try_once(&self, path: &str) -> Result<Answer, Failed> {
        let token = self.token(None).await?;
        let answer = self.exchange(path, (AUTHORIZATION, token.header)).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.token(Some(token.renewal)).await?;
        let answer = self.exchange(path, (AUTHORIZATION, token.header)).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(ApiError::Unauthorized.into());
        }
        Ok(answer)
    }

    async fn token(&self, refused: Option<Renewal>) -> Result<Token, Failed> {
        let Inner { tokens, clock, .. } = &*self.0;
        tokens
            .valid(clock.now(), refused, async || self.authorize().await)
            .await
    }

    async fn authorize(&self) -> Result<HeaderValue, Failed> {
        let mut key =
            HeaderValue::from_str(self.0.key.expose()).map_err(|_| ApiError::Unauthorized)?;
        key.set_sensitive(true);
        let name = HeaderName::from_static("x-api-key");
        let answer = self.exchange("/auth/authorize", (name, key)).await?;
        if answer.status != StatusCode::OK {
            return Err(ApiError::Unauthorized.into());
        }
        let token: String = read(&answer)?;
        let mut header = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| ApiError::Malformed("the token".to_owned()))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// One exchange when it is our turn. The answer is 200, 401 or 404.
    async fn exchange(
        &self,
        path: &str,
        credential: (HeaderName, HeaderValue),
    ) -> Result<Answer, Failed> {
        self.0.pace.turn().await?;
        let answer = self.0.transport.get(path, credential).await;
        let status = answer
            .as_ref()
            .map_or("none", |answer| family(answer.status));
        counter!("laurel_masivo_requests_total", "status" => status).increment(1);
        self.judge(answer?)
    }

    fn judge(&self, answer: Answer) -> Result<Answer, Failed> {
        let now = self.0.clock.now();
        let (status, told) = (answer.status, limits::retry_after(&answer.headers, now));
        match status {
            StatusCode::OK | StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => {
                if let Some(wait) = limits::used_up(&answer.headers, now) {
                    self.0.pace.hold(wait, now.saturating_add(wait));
                }
                Ok(answer)
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                Err(self.told_to_wait(status, told))
            }
            _ if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Err(Failed::soon(unavailable(status)))
            }
            _ => Err(ApiError::Refused(status.as_u16()).into()),
        }
    }

    fn told_to_wait(&self, status: StatusCode, told: Option<Duration>) -> Failed {
        let wait = told.unwrap_or(A_WHILE);
        let until = self.0.clock.now().saturating_add(wait);
        let error = if status == StatusCode::TOO_MANY_REQUESTS || told.is_some() {
            ApiError::Limited { until }
        } else {
            unavailable(status)
        };
        let again = match told {
            // Not said: our own waits have to do.
            None => Again::Soon,
            Some(wait) if self.0.pace.hold(wait, until) => Again::After(wait),
            Some(_) => Again::Never,
        };
        Failed { error, again }
    }
}

fn unavailable(status: StatusCode) -> ApiError {
    ApiError::Unavailable(format!("status {}", status.as_u16()))
}

fn family(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

/// Every answer is `{"data": …}`. The fault's place is told, its text never.
fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ApiError> {
    let read: Result<Data<T>, _> = serde_json::from_slice(&answer.body);
    read.map(|answer| answer.data).map_err(|error| {
        ApiError::Malformed(format!(
            "not the JSON that was asked for, at line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}

fn encoded(id: &str) -> impl std::fmt::Display {
    utf8_percent_encode(id, NON_ALPHANUMERIC)
}
