//! `Courier`: one message, one signed POST, and what the answer means for the message.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, Hold, MAIL, Refusal};
use serde_json::json;

use crate::{InvalidSecret, Settings, Signer};

/// A service that is there answers sooner.
const PATIENCE: Duration = Duration::from_secs(30);
const STEP: &str = "POST";

/// Why there is no courier.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// The address is none.
    #[error("extensions.courier.url: expected http://…")]
    Url,
    /// The secret is none.
    #[error("extensions.courier.secret: {0}")]
    Secret(#[from] InvalidSecret),
}

/// Posts each message to a service.
pub struct Courier {
    http: Client<HttpConnector, Full<Bytes>>,
    to: Uri,
    /// Host and port, as the log of attempts names them.
    name: String,
    signer: Signer,
}

impl Courier {
    /// Prepares to post to the service that the settings name.
    ///
    /// # Errors
    /// The address or the secret is none.
    pub fn new(settings: &Settings) -> Result<Self, CourierError> {
        let to: Uri = settings.url.parse().map_err(|_| CourierError::Url)?;
        let name = to.authority().map(ToString::to_string);
        match (to.scheme_str(), name) {
            (Some("http"), Some(name)) => Ok(Self {
                http: Client::builder(TokioExecutor::new()).build_http(),
                to,
                name,
                signer: Signer::new(settings.secret.expose())?,
            }),
            _ => Err(CourierError::Url),
        }
    }

    fn request(&self, message: &Message) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let body = json!({
            "id": message.id.to_string(),
            "message_id": message.message_id,
            "to": message.recipient.to_string(),
            "subject": message.words.subject,
            "text": message.words.text,
            "html": message.words.html,
        });
        let body = body.to_string();
        #[expect(
            clippy::disallowed_methods,
            reason = "the receiver holds it against its own clock"
        )]
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let (id, seconds) = (message.id.to_string(), since.unwrap_or_default().as_secs());
        Request::post(self.to.clone())
            .header("content-type", "application/json")
            .header(
                "webhook-signature",
                self.signer.sign(&id, seconds, body.as_bytes()),
            )
            .header("webhook-timestamp", seconds.to_string())
            .header("webhook-id", id)
            .body(Full::from(body))
    }

    fn refusal(&self, code: Option<u16>, text: &str) -> Refusal {
        let mut refusal = Refusal::by(self.name.clone(), STEP, text);
        refusal.code = code;
        refusal
    }
}

#[async_trait]
impl Channel for Courier {
    fn name(&self) -> &'static str {
        // In the place of mail: the same messages, another way.
        MAIL
    }

    async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        let request = self.request(message);
        let request =
            request.map_err(|_| Failure::Permanent(self.refusal(None, "it cannot be written")))?;
        if hold.has_ended() {
            return Err(Failure::late(self.name.clone(), STEP));
        }
        let answer = tokio::time::timeout(PATIENCE, self.http.request(request)).await;
        let status = match answer {
            Ok(Ok(answer)) => answer.status(),
            Ok(Err(_)) => return Err(Failure::Transient(self.refusal(None, "no answer"))),
            Err(_) => return Err(Failure::Transient(self.refusal(None, "no answer in time"))),
        };
        let refusal = |text| self.refusal(Some(status.as_u16()), text);
        match status {
            _ if status.is_success() => {
                let mut receipt = Delivery::to(self.name.clone());
                receipt.code = Some(status.as_u16());
                Ok(receipt)
            }
            // A wrong secret is not this message's fault.
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(Failure::Paused(refusal("not let in")))
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => {
                Err(Failure::Transient(refusal("later")))
            }
            _ if status.is_client_error() => Err(Failure::Permanent(refusal("refused"))),
            _ => Err(Failure::Transient(refusal("not now"))),
        }
    }
}
