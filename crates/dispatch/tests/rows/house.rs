//! A database, the history over it, and what it shows of one customer.

use std::sync::Arc;

use laurel_dispatch::{Dispatcher, Drained, History, Settings};
use laurel_payloads::CustomerId;
use laurel_store::{
    Appended, CustomerRecord, HistoryEntryRecord, HistoryFilter, Outcome, PageRequest, Scope,
};
use laurel_testkit::TestDatabase;

pub(crate) struct House {
    pub(crate) database: TestDatabase,
    dispatcher: Dispatcher,
    pub(crate) scope: Scope,
}

impl House {
    pub(crate) async fn new(database: TestDatabase) -> Self {
        let dispatcher = Dispatcher::new(database.store.clone(), Settings::default())
            .subscriber(Arc::new(History));
        dispatcher.register().await.expect("a subscriber");
        let scope = database.store.scope(&database.source());
        Self {
            database,
            dispatcher,
            scope,
        }
    }

    /// Webhooks come in one after the other, and are all handled.
    pub(crate) async fn receive<B: AsRef<[u8]>>(&self, bodies: &[B]) -> Vec<Appended> {
        let mut appended = Vec::new();
        for body in bodies {
            appended.extend(self.database.append(&[body.as_ref()]).await);
        }
        let left = self.dispatcher.drain().await.expect("a drain");
        let nothing = Drained {
            pending: 0,
            dead: 0,
        };
        assert_eq!(left, nothing, "no event waits, none was given up");
        appended
    }

    /// The same, of events that are all new and readable.
    pub(crate) async fn take<B: AsRef<[u8]>>(&self, bodies: &[B]) {
        let appended = self.receive(bodies).await;
        for (appended, body) in appended.iter().zip(bodies) {
            let shown: String = String::from_utf8_lossy(body.as_ref())
                .chars()
                .take(200)
                .collect();
            assert_eq!(appended.outcome, Outcome::Accepted, "{shown}");
        }
    }

    pub(crate) async fn customer(&self, id: &str) -> CustomerRecord {
        let found = self.scope.customer(&of(id)).await.expect("an answer");
        found.expect("a customer")
    }

    /// The history, the newest entry first.
    pub(crate) async fn history(&self, id: &str) -> Vec<HistoryEntryRecord> {
        let (id, everything) = (of(id), HistoryFilter::default());
        let page = PageRequest::first(100);
        let page = self.scope.history(&id, &everything, &page).await;
        page.expect("a page").items
    }

    /// The kinds of the entries, the newest first.
    pub(crate) async fn kinds(&self, id: &str) -> Vec<&'static str> {
        let history = self.history(id).await;
        history.iter().map(|entry| entry.kind.as_str()).collect()
    }

    /// The wallet: each reward with its total and what of it is reserved.
    pub(crate) async fn wallet(&self, id: &str) -> Vec<String> {
        let balances = self.scope.balances(&[of(id)]).await.expect("balances");
        let shown = balances.iter().map(|balance| {
            let (reward, total, reserved) = (&balance.reward_id, balance.total, balance.reserved);
            format!("{reward} {total} ({reserved})")
        });
        shown.collect()
    }

    /// What was earned and redeemed of each reward, ever.
    pub(crate) async fn sums(&self, id: &str) -> Vec<String> {
        let ever = laurel_store::Interval {
            from: laurel_payloads::Timestamp::from_micros(i64::MIN),
            to: laurel_payloads::Timestamp::from_micros(i64::MAX),
        };
        let movements = self.scope.movements(&of(id), &[ever]).await.expect("sums");
        let shown = movements
            .iter()
            .map(|sum| format!("{} +{} -{}", sum.reward_id, sum.earned, sum.redeemed));
        shown.collect()
    }
}

pub(crate) fn of(id: &str) -> CustomerId {
    id.parse().expect("an id")
}

/// An event about Ana, with the rest of its data.
pub(crate) fn ana(event: &str, rest: &str) -> String {
    format!(r#"{{"event":"{event}","data":{{"customer_id":"ana",{rest}}}}}"#)
}

/// A registration of Ana with this profile.
pub(crate) fn registration(profile: &str) -> String {
    ana(
        "CUSTOMER_REGISTRATION",
        &format!(r#""customer":{{{profile}}}"#),
    )
}

/// A movement of so much of a reward, and the wallet's total after it.
pub(crate) fn moved(event: &str, reward: &str, amount: &str, total: &str) -> String {
    let lines = format!(r#""lines":[{{"amount":{amount},"reward_id":"{reward}"}}]"#);
    let totals = format!(r#""totals":[{{"total":{total},"reward_id":"{reward}"}}]"#);
    ana(event, &format!(r#"{lines},"wallet":{{{totals}}}"#))
}
