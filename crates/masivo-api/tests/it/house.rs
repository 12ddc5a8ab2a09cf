//! A whole Laurel with this extension in it, beside the make-believe API.

use std::time::Duration;

use laurel_masivo_api::{
    Account, Backfill, Enrichment, Error, Lookups, Migrator, Reconcile, Settings,
};
use laurel_payloads::CustomerId;
use laurel_store::Scope;
use laurel_testkit::{TestApp, TestDatabase};
use serde_json::{Value, json};

use crate::mock::Mock;

pub(crate) struct House {
    pub(crate) app: TestApp,
    pub(crate) mock: Mock,
    pub(crate) settings: Settings,
}

impl House {
    pub(crate) async fn new(database: TestDatabase) -> Self {
        let mock = Mock::start().await;
        let account = Account {
            patience: Duration::from_millis(1),
            ..mock.account()
        };
        let settings = Settings {
            accounts: [("masivo".to_owned(), account)].into(),
        };
        let enrichment = Enrichment::new(&settings).expect("settings");
        let app = TestApp::builder(database).settle_window(Duration::ZERO);
        let app = app.subscriber(enrichment).migrator(Migrator).start().await;
        Self {
            app,
            mock,
            settings,
        }
    }

    /// Receives webhooks, one after the other, and handles them.
    pub(crate) async fn receive(&self, bodies: &[String]) {
        for body in bodies {
            self.app.post(body.as_bytes()).await;
        }
        self.app.settle().await;
    }

    /// The worker's work, once the grace of those who were noted is over.
    pub(crate) async fn look_up(&self) -> Result<usize, Error> {
        self.app.database.clock.advance(Duration::from_mins(2));
        let clock = self.app.database.store.clock();
        let lookups = Lookups::new(&self.settings, clock).expect("settings");
        let asked = lookups.drain(&self.app.database.store).await;
        self.app.settle().await;
        asked
    }

    pub(crate) async fn backfill(&self, arguments: &[&str]) -> Result<String, Error> {
        // Two runs never begin at the same time.
        self.app.database.clock.advance(Duration::from_secs(1));
        let arguments = ["backfill"].iter().chain(arguments);
        let backfill = <Backfill as clap::Parser>::try_parse_from(arguments).expect("arguments");
        let report = backfill.run(&self.settings, &self.app.database.store).await;
        self.app.settle().await;
        report
    }

    pub(crate) async fn reconcile(&self, arguments: &[&str]) -> Result<(String, usize), Error> {
        let arguments = ["reconcile"].iter().chain(arguments);
        let reconcile = <Reconcile as clap::Parser>::try_parse_from(arguments).expect("arguments");
        let done = reconcile
            .run(&self.settings, &self.app.database.store)
            .await?;
        Ok((done.report, done.differences))
    }

    pub(crate) fn scope(&self) -> Scope {
        let database = &self.app.database;
        database.store.scope(&database.source())
    }

    /// The movements of a customer's history, the newest first: kind or name, and amount.
    pub(crate) async fn movements(&self, customer: &str) -> Vec<String> {
        let query = format!(
            "{{ customer(id: \"{customer}\") {{ history(first: 100) {{ nodes {{ kind
               ... on ExternalMovement {{ name lines {{ amount }} }}
               ... on Accumulation {{ lines {{ amount }} }}
               ... on Redemption {{ lines {{ amount }} }} }} }} }} }}"
        );
        let answer = self.app.query(&query).await;
        let nodes = answer["data"]["customer"]["history"]["nodes"].as_array();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let movement = |node: &Value| {
            let name = node.get("name").unwrap_or(&node["kind"]);
            format!("{} {}", text(name), text(&node["lines"][0]["amount"]))
        };
        nodes.expect("a history").iter().map(movement).collect()
    }
}

pub(crate) fn id(text: &str) -> CustomerId {
    text.parse().expect("an id")
}

/// A webhook about points: accumulated or redeemed, with the wallet after it.
pub(crate) fn movement(event: &str, customer: &str, amount: &str, at: &str, total: &str) -> String {
    format!(
        r#"{{"event":"{event}","data":{{"customer_id":"{customer}","lines":[{{"amount":{amount},
        "reward_id":"points","issued_at":"{at}"}}],"wallet":{{"totals":[{{"total":{total},"reward_id":"points"}}]}}}}}}"#
    )
}

pub(crate) fn upgrade(customer: &str) -> String {
    json!({ "event": "TIER_UPGRADE", "data": { "customer_id": customer, "from_tier_id": "silver",
        "to_tier_id": "gold", "from_tier_name": "Silver", "to_tier_name": "Gold" } })
    .to_string()
}

pub(crate) fn transaction(id: &str, kind: &str, amount: &str, at: &str) -> Value {
    json!({ "id": id, "type": kind, "reward_id": "points", "created_at": at,
        "amount": serde_json::from_str::<Value>(amount).expect("a number") })
}
