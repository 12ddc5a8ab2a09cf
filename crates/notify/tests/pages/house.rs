//! A Laurel whose customer Ana has had a mail, and the answers of its pages.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use axum::http::{HeaderMap, Request, StatusCode};
use laurel_notify::mail::Brands;
use laurel_notify::pages::{PageSettings, Pages};
use laurel_payloads::EventKind;
use laurel_testkit::{TestApp, TestDatabase};
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

pub(crate) struct House {
    pub(crate) app: TestApp,
    pub(crate) pages: Router,
    pub(crate) changes: std::sync::atomic::AtomicU32,
}

/// What a page answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// The one heading of the page.
    pub(crate) fn heading(&self) -> &str {
        let (_, rest) = self.body.split_once("<h1>").unwrap();
        rest.split_once("</h1>").unwrap().0
    }
}

impl House {
    pub(crate) async fn new(database: TestDatabase) -> Self {
        Self::of(database, Brands::default()).await
    }

    /// With these brands, whose mails they are not: only the pages'.
    pub(crate) async fn of(database: TestDatabase, brands: Brands) -> Self {
        let app = TestApp::with(database, Duration::ZERO, Vec::new()).await;
        let settings = PageSettings {
            programme: "Café Central".to_owned(),
            brands,
            kinds: vec![EventKind::TierUpgrade, EventKind::TierDowngrade],
        };
        let pages = Pages::open(&app.database.store, settings).await.unwrap();
        let house = Self {
            app,
            pages: pages.router(),
            changes: 0.into(),
        };
        house.register("ana").await;
        house
    }

    pub(crate) async fn register(&self, customer: &str) {
        self.register_with(customer, &json!({})).await;
    }

    /// With `more` in the profile.
    pub(crate) async fn register_with(&self, customer: &str, more: &Value) {
        let mut profile = json!({
            "id": customer, "name": "Ana", "email": format!("{customer}@example.com"),
            "status": "ACTIVE", "is_anonymous": false,
        });
        let more = more.as_object().unwrap().clone();
        profile.as_object_mut().unwrap().extend(more);
        let data = json!({ "customer_id": customer, "customer": profile });
        let body = json!({ "event": "CUSTOMER_REGISTRATION", "data": data });
        self.app.post(body.to_string().as_bytes()).await;
        self.app.settle().await;
    }

    /// Ana's tier changes; returns what the outbox says of it, with the reason.
    pub(crate) async fn change(&self, kind: &str) -> String {
        self.change_of("ana", kind).await
    }

    pub(crate) async fn change_of(&self, customer: &str, kind: &str) -> String {
        let ordering = std::sync::atomic::Ordering::Relaxed;
        let from = self.changes.fetch_add(1, ordering);
        let data = json!({
            "customer_id": customer, "triggered_by": "EVENT",
            "from_tier_id": format!("t{from}"), "from_tier_name": format!("Tier {from}"),
            "to_tier_id": format!("t{}", from + 1), "to_tier_name": format!("Tier {}", from + 1),
        });
        let body = json!({ "event": kind, "data": data });
        self.app.post(body.to_string().as_bytes()).await;
        self.app.settle().await;
        let query = format!(
            "{{ customer(id: \"{customer}\") {{ notifications(first: 1) {{ nodes {{ state reason }} }} }} }}"
        );
        let answer = self.app.query(&query).await;
        let newest = &answer["data"]["customer"]["notifications"]["nodes"][0];
        let state = newest["state"].as_str().unwrap();
        newest["reason"]
            .as_str()
            .map_or(state.to_owned(), |reason| format!("{state}: {reason}"))
    }

    /// The path of a link in the newest mail: what `List-Unsubscribe` names.
    pub(crate) fn link(&self) -> String {
        let mail = self.app.mailbox.messages().pop().unwrap();
        let raw = String::from_utf8(mail.raw).unwrap();
        let (_, rest) = raw
            .split_once("List-Unsubscribe: <https://laurel.test")
            .unwrap();
        rest.split_once('>').unwrap().0.to_owned()
    }

    /// The same mail's link to the choice.
    pub(crate) fn choice(&self) -> String {
        self.link().replace("/unsubscribe/", "/preferences/")
    }

    /// A mail for Ana, and the link in it.
    pub(crate) async fn mailed(&self) -> String {
        assert_eq!(self.change("TIER_UPGRADE").await, "SENT");
        self.link()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_in(path, "").await
    }

    pub(crate) async fn get_in(&self, path: &str, languages: &str) -> Answer {
        let request = Request::get(path).header(ACCEPT_LANGUAGE, languages);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_as(path, FORM, form).await
    }

    pub(crate) async fn post_as(&self, path: &str, kind: &str, body: &str) -> Answer {
        let request = Request::post(path).header(CONTENT_TYPE, kind);
        self.ask(request.body(Body::from(body.to_owned())).unwrap())
            .await
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = self.pages.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}
