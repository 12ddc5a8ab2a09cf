//! A client of `graphql-transport-ws`, as bare as can be.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::client::Api;

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers on a port of its own until it is dropped.
pub(crate) struct Server {
    address: std::net::SocketAddr,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    pub(crate) async fn of(api: &Api) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(axum::serve(listener, api.router.clone()).into_future());
        Self { address, task }
    }

    /// Shakes hands, with a protocol and with credentials in the header where there are any.
    pub(crate) async fn shake(
        &self,
        protocol: Option<&str>,
        key: Option<&str>,
    ) -> Result<Socket, StatusCode> {
        let mut request = format!("ws://{}/graphql", self.address)
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        if let Some(protocol) = protocol {
            headers.insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        if let Some(key) = key {
            headers.insert("authorization", format!("Bearer {key}").parse().unwrap());
        }
        // A client that reads little ahead: one that is slow shows soon.
        let stream = TcpSocket::new_v4().unwrap();
        stream.set_recv_buffer_size(16 * 1024).unwrap();
        let stream = stream.connect(self.address).await.unwrap();
        match client_async(request, stream).await {
            Ok((stream, _)) => Ok(Socket(stream)),
            Err(Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("no handshake: {error}"),
        }
    }

    /// A socket before its first message.
    pub(crate) async fn socket(&self) -> Socket {
        let shaken = self.shake(Some("graphql-transport-ws"), None).await;
        shaken.expect("a WebSocket")
    }

    /// A socket that may be used.
    pub(crate) async fn opened(&self, key: &str) -> Socket {
        let mut socket = self.socket().await;
        socket.init(key).await;
        assert_eq!(socket.next().await, json!({ "type": "connection_ack" }));
        socket
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A client's end of a WebSocket.
pub(crate) struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    pub(crate) async fn send(&mut self, message: Value) {
        self.text(&message.to_string()).await;
    }

    pub(crate) async fn text(&mut self, text: &str) {
        // What is sent after the end is the test's to notice by what it reads.
        let _ = self.0.send(Message::text(text)).await;
    }

    pub(crate) async fn raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    pub(crate) async fn init(&mut self, key: &str) {
        let payload = json!({ "Authorization": format!("Bearer {key}") });
        self.send(json!({ "type": "connection_init", "payload": payload }))
            .await;
    }

    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Value {
        match self.read().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("not a message: {other:?}"),
        }
    }

    /// The next update: the data of one field.
    pub(crate) async fn update(&mut self, field: &str) -> Value {
        let mut next = self.next().await;
        assert_eq!(next["type"], "next", "{next}");
        assert_eq!(next["payload"].get("errors"), None, "{next}");
        next["payload"]["data"][field].take()
    }

    /// The code with which it is closed; what comes before that is passed over.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match self.read().await {
                Some(Message::Close(Some(frame))) => return frame.code.into(),
                Some(Message::Close(None)) | None => panic!("it ended without a code"),
                Some(_) => {}
            }
        }
    }

    /// Whatever comes next; none where nothing comes any more.
    pub(crate) async fn read(&mut self) -> Option<Message> {
        loop {
            let read = timeout(PATIENCE, self.0.next()).await;
            match read.expect("something in time") {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }
}
