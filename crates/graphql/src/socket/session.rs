//! One WebSocket, from its first message to its last.

use std::sync::Arc;

use async_graphql::{ObjectType, ServerError};
use axum::extract::ws::{Message, WebSocket};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use metrics::counter;
use serde_json::{Map, Value};
use tokio::time::{Duration, Instant, sleep_until, timeout};

use super::Sockets;
use super::close::Close;
use super::messages::{self, Said};
use super::places::Place;
use super::subscriptions::Subscriptions;
use crate::Api;
use crate::asking::Asking;
use crate::error::{Code, Refusal};
use crate::http::Parameters;
use crate::http::credentials::{self, Denied};
use crate::live::{Follower, Operation, Told, whole};

/// How long a client is waited for once it was told good-bye.
const GOODBYE: Duration = Duration::from_secs(1);

/// How it ends.
enum End {
    /// The client has gone.
    Gone,
    /// We close.
    Close(Close),
}

impl From<Close> for End {
    fn from(close: Close) -> Self {
        Self::Close(close)
    }
}

/// What comes from a client.
enum Heard {
    Said(Said),
    /// A sign of life.
    Pulse,
}

/// One client.
pub(super) struct Session<Q> {
    api: Arc<Api<Q>>,
    /// The credentials, as a header.
    credentials: HeaderMap,
    place: Place,
    subscriptions: Subscriptions,
}

impl<Q: ObjectType + 'static> Session<Q> {
    pub(super) fn new(api: Arc<Api<Q>>, mut headers: HeaderMap, place: Place) -> Self {
        let offered = headers.remove(AUTHORIZATION);
        Self {
            api,
            credentials: offered
                .into_iter()
                .map(|one| (AUTHORIZATION, one))
                .collect(),
            place,
            subscriptions: Subscriptions::default(),
        }
    }

    pub(super) async fn run(mut self, mut socket: WebSocket) {
        let end = match socket.protocol() {
            None => Close::PROTOCOL.into(),
            Some(_) => self.attend(&mut socket).await,
        };
        // What was followed is let go before the client is waited for.
        drop(self);
        if let End::Close(close) = end {
            counter!("laurel_graphql_sockets_closed_total", "code" => close.0.to_string())
                .increment(1);
            let goodbye = async {
                socket.send(Message::Close(Some(close.frame()))).await?;
                while socket.recv().await.transpose()?.is_some() {}
                Ok::<_, axum::Error>(())
            };
            // Whether they have heard it makes no difference any more.
            let _ = timeout(GOODBYE, goodbye).await;
        }
    }

    async fn attend(&mut self, socket: &mut WebSocket) -> End {
        let stop = self.api.settings.stop.clone();
        let greeted = timeout(self.settings().init_deadline, self.greet(socket));
        let greeted = tokio::select! {
            greeted = greeted => greeted.unwrap_or(Err(Close::INIT_TIMEOUT.into())),
            () = stop.cancelled() => Err(Close::GOING_AWAY.into()),
        };
        match greeted {
            Ok(asking) => match self.serve(socket, asking).await {
                Ok(never) => match never {},
                Err(end) => end,
            },
            Err(end) => end,
        }
    }

    /// Waits for the first message, and answers it.
    async fn greet(&mut self, socket: &mut WebSocket) -> Result<Asking, End> {
        let payload = loop {
            match hear(socket).await? {
                Heard::Said(Said::ConnectionInit { payload }) => break payload,
                Heard::Said(Said::Subscribe { .. }) => return Err(Close::UNAUTHORIZED.into()),
                Heard::Said(Said::Ping { payload }) => {
                    self.say(socket, messages::pong(payload.as_ref())).await?;
                }
                Heard::Said(Said::Pong {} | Said::Complete { .. }) | Heard::Pulse => {}
            }
        };
        if let Some(sent) = payload.as_ref().and_then(authorization) {
            let sent = HeaderValue::from_str(sent).map_err(|_| Close::FORBIDDEN)?;
            self.credentials.insert(AUTHORIZATION, sent);
        }
        let asking = self.check().await?;
        let token = self.credentials.get(AUTHORIZATION);
        let token = token.map_or(&[][..], HeaderValue::as_bytes);
        if !self.api.places.count(&mut self.place, token) {
            return Err(Close::TOO_MANY.into());
        }
        self.say(socket, messages::ack()).await?;
        Ok(asking)
    }

    /// Serves until there is an end.
    async fn serve(
        &mut self,
        socket: &mut WebSocket,
        mut asking: Asking,
    ) -> Result<std::convert::Infallible, End> {
        let settings = self.settings().clone();
        let stop = self.api.settings.stop.clone();
        let mut silence = Silence::new(&settings);
        let mut recheck = Instant::now() + settings.recheck_every;
        loop {
            tokio::select! {
                heard = hear(socket) => {
                    silence.broken();
                    if let Heard::Said(said) = heard? {
                        self.answer(socket, &asking, said).await?;
                    }
                }
                (id, told) = self.subscriptions.next() => self.tell(socket, &id, told).await?,
                () = sleep_until(silence.ends) => {
                    if silence.pinged {
                        return Err(Close::SILENT.into());
                    }
                    silence.ping();
                    self.send(socket, Message::Ping(Vec::new().into())).await?;
                }
                () = sleep_until(recheck) => {
                    self.recheck(&mut asking).await?;
                    recheck = Instant::now() + settings.recheck_every;
                }
                () = stop.cancelled() => return Err(Close::GOING_AWAY.into()),
            }
        }
    }

    async fn answer(
        &mut self,
        socket: &mut WebSocket,
        asking: &Asking,
        said: Said,
    ) -> Result<(), End> {
        match said {
            Said::ConnectionInit { .. } => Err(Close::INIT_TWICE.into()),
            Said::Ping { payload } => self.say(socket, messages::pong(payload.as_ref())).await,
            Said::Pong {} => Ok(()),
            Said::Complete { id } => {
                self.subscriptions.end(&id);
                Ok(())
            }
            Said::Subscribe { id, .. } if self.subscriptions.has(&id) => {
                Err(Close::DUPLICATE.into())
            }
            Said::Subscribe { id, payload } => match self.subscribe(asking, payload) {
                Ok(follower) => {
                    self.subscriptions.begin(id, follower);
                    Ok(())
                }
                Err(refusal) => {
                    let error = ServerError::from(refusal);
                    self.say(socket, messages::error(&id, &[error])).await
                }
            },
        }
    }

    fn subscribe(
        &self,
        asking: &Asking,
        payload: Map<String, Value>,
    ) -> Result<Follower<Q>, Refusal> {
        let most = self.settings().subscriptions;
        if self.subscriptions.len() >= most {
            let message = format!("A connection has at most {most} subscriptions.");
            return Err(Refusal::new(Code::TooManySubscriptions, message));
        }
        let asking = Asking {
            request: self.api.store.clock().id(),
            ..asking.clone()
        };
        let parameters = Parameters::from_fields(payload)?;
        let operation = Operation::admit(&self.api, &asking, parameters)?;
        Ok(Follower::new(Arc::clone(&self.api), asking, operation))
    }

    async fn tell(
        &mut self,
        socket: &mut WebSocket,
        id: &str,
        told: Option<Told>,
    ) -> Result<(), End> {
        match told {
            Some(Told::Next(payload)) => {
                counter!("laurel_graphql_updates_total").increment(1);
                self.say(socket, messages::next(id, &payload)).await
            }
            Some(Told::Refused(errors)) => {
                self.subscriptions.end(id);
                self.say(socket, messages::error(id, &errors)).await
            }
            None => {
                self.subscriptions.end(id);
                self.say(socket, messages::complete(id)).await
            }
        }
    }

    /// Who asks, by the credentials as they are now.
    async fn check(&mut self) -> Result<Asking, End> {
        let (api, credentials) = (Arc::clone(&self.api), self.credentials.clone());
        let checked = whole(async move { credentials::check(&api, &credentials).await }).await;
        match checked {
            Some(Ok(asking)) => Ok(asking),
            Some(Err(Denied::Missing | Denied::Wrong)) => Err(Close::FORBIDDEN.into()),
            Some(Err(Denied::Failed(_))) | None => Err(Close::TRY_LATER.into()),
        }
    }

    /// Ends the connection where the credentials have ended. A database that is away says nothing about them.
    async fn recheck(&mut self, asking: &mut Asking) -> Result<(), End> {
        match self.check().await {
            Ok(now) => *asking = now,
            Err(End::Close(Close::FORBIDDEN)) => return Err(Close::FORBIDDEN.into()),
            Err(_) => {}
        }
        Ok(())
    }

    async fn say(&mut self, socket: &mut WebSocket, text: String) -> Result<(), End> {
        self.send(socket, Message::Text(text.into())).await
    }

    /// Sends what is then read in time, or never.
    async fn send(&mut self, socket: &mut WebSocket, message: Message) -> Result<(), End> {
        match timeout(self.settings().read_deadline, socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(Close::TOO_SLOW.into()),
        }
    }

    fn settings(&self) -> &Sockets {
        &self.api.settings.sockets
    }
}

/// How long nothing was heard.
struct Silence<'a> {
    settings: &'a Sockets,
    ends: Instant,
    pinged: bool,
}

impl<'a> Silence<'a> {
    fn new(settings: &'a Sockets) -> Self {
        Self {
            settings,
            ends: Instant::now() + settings.ping_after,
            pinged: false,
        }
    }

    fn broken(&mut self) {
        *self = Self::new(self.settings);
    }

    fn ping(&mut self) {
        self.pinged = true;
        self.ends = Instant::now() + self.settings.pong_deadline;
    }
}

/// The next that comes from a client. Nothing is lost where it is not awaited to its end.
async fn hear(socket: &mut WebSocket) -> Result<Heard, End> {
    match socket.recv().await {
        Some(Ok(Message::Text(text))) => {
            let said = Said::read(&text).ok_or(Close::INVALID)?;
            Ok(Heard::Said(said))
        }
        Some(Ok(Message::Binary(_))) => Err(Close::INVALID.into()),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Heard::Pulse),
        Some(Err(error)) if is_too_long(&error) => Err(Close::TOO_LONG.into()),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
    }
}

/// The library's error is hidden in a box; its words are all there is of it.
fn is_too_long(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}

/// The credentials in a payload, under whatever case of their name.
fn authorization(payload: &Map<String, Value>) -> Option<&str> {
    let mut fields = payload.iter();
    let field = fields.find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    field.and_then(|(_, value)| value.as_str())
}
