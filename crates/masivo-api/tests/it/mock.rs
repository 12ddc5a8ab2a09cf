//! A make-believe API: the documented shapes and limits, and faults that a test asks for.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use laurel_masivo_api::Account;
use laurel_masivo_api::client::Client;
use laurel_store::Clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// The key that the make-believe account takes.
pub(crate) const KEY: &str = "k3y-that-only-masivo-knows";

/// What goes wrong with one request that carries a token.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// This status, with these headers.
    Status(u16, Vec<(&'static str, String)>),
    /// No answer, ever.
    Silence,
    /// The answer begins, and its connection breaks.
    Cut,
    /// The answer begins, and does not end.
    Drip,
    /// This body.
    Body(String),
}

#[derive(Debug, Default)]
pub(crate) struct Books {
    /// Tokens that are still taken.
    pub(crate) tokens: Vec<String>,
    pub(crate) issued: usize,
    /// Whether new tokens are taken at all.
    pub(crate) refuse_tokens: bool,
    /// What comes of the next requests, in their order.
    pub(crate) faults: VecDeque<Fault>,
    /// The same for exchanges of the key.
    pub(crate) key_faults: VecDeque<Fault>,
    /// How many requests are left; none: no limit.
    pub(crate) left: Option<u64>,
    pub(crate) customers: BTreeMap<String, Value>,
    /// By customer and year.
    pub(crate) transactions: HashMap<(String, i32), Vec<Value>>,
    pub(crate) rewards: Vec<Value>,
    /// What was asked, in its order, without the exchanges of the key.
    pub(crate) asked: Vec<String>,
    /// Told of each question.
    pub(crate) told: Arc<Notify>,
}

/// The server, which ends with the test.
pub(crate) struct Mock {
    url: String,
    state: Arc<Mutex<Books>>,
    server: JoinHandle<()>,
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Mock {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(Books::default()));
        let router = Router::new().fallback(answer).with_state(state.clone());
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a server");
        });
        Self {
            url: format!("http://{address}/api/storefront/v1"),
            state,
            server,
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, Books> {
        self.state.lock().expect("an unbroken mock")
    }

    /// An account that asks fast and gives up soon.
    pub(crate) fn account(&self) -> Account {
        Account {
            requests_per_minute: 60_000.try_into().expect("more than none"),
            answer_timeout: Duration::from_millis(500),
            body_timeout: Duration::from_millis(500),
            patience: Duration::from_secs(2),
            ..Account::new(&self.url, KEY)
        }
    }

    pub(crate) fn client(&self, clock: Arc<dyn Clock>) -> Client {
        Client::new("masivo", &self.account(), clock).expect("a client")
    }

    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.extend(faults);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// Books transactions of a customer's year.
    pub(crate) fn book(&self, customer: &str, year: i32, booked: Vec<Value>) {
        let key = (customer.to_owned(), year);
        self.state().transactions.insert(key, booked);
    }

    /// Makes a customer known.
    pub(crate) fn add_customer(&self, id: &str, points: &str) {
        let known = json!({
            "customer": { "id": id, "name": "Ana Gómez", "email": format!("{id}@example.com"),
                "registration_date": "2024-05-01T10:00:00.000Z", "status": "ACTIVE", "is_anonymous": false },
            "wallet": { "id": "w-1", "owner_id": format!("internal-{id}"), "lines": [], "totals": [
                { "total": serde_json::from_str::<Value>(points).expect("a number"), "reward_id": "points",
                  "reward": { "id": "points", "name": "Points", "type": "POINTS" } } ] },
        });
        self.state().customers.insert(id.to_owned(), known);
    }
}

async fn answer(State(state): State<Arc<Mutex<Books>>>, request: Request) -> Response {
    let uri = request.uri().clone();
    let path = uri.path().strip_prefix("/api/storefront/v1");
    let Some(path) = path.map(str::to_owned) else {
        return status(404);
    };
    let headers = request.headers().clone();
    let (fault, answer) = {
        let mut state = state.lock().expect("an unbroken mock");
        if path == "/auth/authorize" {
            (
                state.key_faults.pop_front(),
                authorize(&mut state, &headers),
            )
        } else {
            let query = uri
                .query()
                .map(|query| format!("?{query}"))
                .unwrap_or_default();
            state.asked.push(format!("{path}{query}"));
            state.told.notify_one();
            let answer = data(&mut state, &headers, &path, uri.query().unwrap_or_default());
            (state.faults.pop_front(), answer)
        }
    };
    match fault {
        None => answer,
        Some(fault) => broken(fault).await,
    }
}

async fn broken(fault: Fault) -> Response {
    match fault {
        Fault::Status(code, headers) => {
            let mut answer = Response::builder().status(code);
            for (name, value) in headers {
                answer = answer.header(name, value);
            }
            // What a server says beside an error is nobody's business.
            answer
                .body(Body::from("secret detail of the server"))
                .expect("an answer")
        }
        Fault::Silence => std::future::pending().await,
        Fault::Cut => {
            let broken = std::io::Error::other("cut");
            body(Body::from_stream(first_bytes_then(async {
                Some(Err(broken))
            })))
        }
        Fault::Drip => body(Body::from_stream(first_bytes_then(std::future::pending()))),
        Fault::Body(text) => body(Body::from(text)),
    }
}

/// A few bytes of an answer, and then whatever comes.
fn first_bytes_then(
    then: impl Future<Output = Option<Result<Bytes, std::io::Error>>> + Send + 'static,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    use futures_util::stream::{self, StreamExt};
    let first = stream::once(async { Ok(Bytes::from_static(b"{\"data\":")) });
    first.chain(stream::once(then).filter_map(std::future::ready))
}

fn authorize(state: &mut Books, headers: &HeaderMap) -> Response {
    if headers.get("x-api-key").is_none_or(|key| key != KEY) {
        return status(401);
    }
    state.issued += 1;
    let token = format!("t0ken-{}", state.issued);
    if !state.refuse_tokens {
        state.tokens.push(token.clone());
    }
    body(Body::from(json!({ "data": token }).to_string()))
}

fn data(state: &mut Books, headers: &HeaderMap, path: &str, query: &str) -> Response {
    let token = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if token.is_none_or(|token| !state.tokens.iter().any(|valid| valid == token)) {
        return status(401);
    }
    if state.left == Some(0) {
        return limited(
            Response::builder().status(429).header(RETRY_AFTER, "3600"),
            0,
        );
    }
    state.left = state.left.map(|left| left - 1);
    let found = look_up(state, path, query);
    let mut answer = Response::builder();
    if let Some(left) = state.left {
        answer = answer
            .header("X-RateLimit-Limit", "2500")
            .header("X-RateLimit-Remaining", left.to_string())
            .header("X-RateLimit-Reset", "3600");
    }
    match found {
        Some(data) => answer.body(Body::from(json!({ "data": data }).to_string())),
        None => answer
            .status(404)
            .body(Body::from(r#"{"message":"not found"}"#)),
    }
    .expect("an answer")
}

fn look_up(state: &Books, path: &str, query: &str) -> Option<Value> {
    let of = |key: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| value)
    };
    let segments: Vec<String> = path.split('/').skip(1).map(decoded).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match *segments.as_slice() {
        ["customers", id] => state.customers.get(id).cloned(),
        ["customers", id, "transactions"] => {
            let year = of("year").map_or(Some(2026), |year| year.parse().ok())?;
            let known = state.customers.contains_key(id);
            let booked = state.transactions.get(&(id.to_owned(), year));
            known.then(|| json!(booked.cloned().unwrap_or_default()))
        }
        ["tiers"] => Some(json!([{ "id": "gold", "name": "Gold", "level": 1.5 }])),
        ["rewards"] => {
            let (from, to) = (of("from")?.parse().ok()?, of("to")?.parse::<usize>().ok()?);
            let page = state.rewards.iter().skip(from).take(to + 1 - from);
            Some(json!(page.collect::<Vec<_>>()))
        }
        _ => None,
    }
}

fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment)
        .decode_utf8_lossy()
        .into_owned()
}

fn limited(answer: axum::http::response::Builder, left: u64) -> Response {
    let answer = answer.header("X-RateLimit-Remaining", left.to_string());
    answer.body(Body::empty()).expect("an answer")
}

fn status(code: u16) -> Response {
    let code = StatusCode::from_u16(code).expect("a status");
    Response::builder()
        .status(code)
        .body(Body::empty())
        .expect("an answer")
}

fn body(body: Body) -> Response {
    Response::new(body)
}
