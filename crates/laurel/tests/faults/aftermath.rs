//! What must be true when all is over: every acknowledged event is there once, has been handled, and has its mail.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use laurel_payloads::{Customer, CustomerId, Event, Payload};
use laurel_simulator::Ledger;
use laurel_store::{
    CustomerFilter, EventFilter, EventRecord, HistoryFilter, Options, PageRequest, Scope, Source,
    Store, SystemClock,
};

use crate::child::{MASIVO, Server, eventually};

const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Everything that was posted is there once and has been handled. `acknowledged` are the ids that the posts were answered
/// with. Ends the server.
pub(crate) async fn all_is_well(
    server: &Server,
    database: &str,
    traffic: &[Vec<u8>],
    acknowledged: &[String],
) {
    assert_eq!(acknowledged.len(), traffic.len(), "every post was answered");
    let store = store(database).await;
    handled(&store).await;
    let events = events(&store, MASIVO).await;
    let ids: HashSet<_> = events.iter().map(|event| event.id.to_string()).collect();
    for id in acknowledged {
        assert!(ids.contains(id), "{id} was acknowledged and is not there");
    }
    let bodies: Vec<_> = events.into_iter().map(|event| event.body).collect();
    assert_eq!(
        bodies.len(),
        traffic.iter().collect::<HashSet<_>>().len(),
        "each event is there once"
    );
    let scope = store.scope(&Source::new(MASIVO).expect("a name"));
    histories_follow_from(&scope, &bodies).await;
    mails_follow_from(server, &bodies).await;
}

/// A store beside the server.
pub(crate) async fn store(database: &str) -> Store {
    let store = Store::connect(&Options::new(database), Arc::new(SystemClock)).await;
    store.expect("a store")
}

/// Waits until every event has been handled.
pub(crate) async fn handled(store: &Store) {
    // However much there is to do: what bounds it is the test's own limit.
    while left(store).await > 0 {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// How many deliveries are to be made. None is ever given up.
async fn left(store: &Store) -> i64 {
    let backlog = store.backlog().await.expect("a backlog");
    let dead = store.dead_letters(0, 9).await.expect("dead letters");
    assert_eq!(dead, [], "given up");
    backlog.iter().map(|left| left.pending).sum()
}

/// Every event of a source, in the order of receipt.
pub(crate) async fn events(store: &Store, source: &str) -> Vec<EventRecord> {
    let scope = store.scope(&Source::new(source).expect("a name"));
    let (mut all, mut page) = (Vec::new(), PageRequest::first(100));
    loop {
        let events = scope.events(&EventFilter::default(), &page).await;
        let events = events.expect("a page");
        page.after = events.items.last().map(|event| event.seq);
        all.extend(events.items);
        if !events.has_next {
            all.reverse();
            return all;
        }
    }
}

async fn histories_follow_from(scope: &Scope, bodies: &[Vec<u8>]) {
    let mut ledger = Ledger::default();
    for body in bodies {
        ledger.receive(body).expect("an event");
    }
    let customers = scope
        .count_customers(&CustomerFilter::default())
        .await
        .expect("a count");
    assert_eq!(customers, ledger.customers().count() as u64);
    for (id, standing) in ledger.customers() {
        let entries = scope
            .count_history(id, &HistoryFilter::default())
            .await
            .expect("a count");
        assert_eq!(entries, standing.entries.values().sum::<u64>(), "{id}");
        let balances = scope
            .balances(std::slice::from_ref(id))
            .await
            .expect("balances");
        let balances: BTreeMap<_, _> = balances
            .into_iter()
            .map(|balance| (balance.reward_id, balance.total))
            .collect();
        assert_eq!(balances, standing.balances, "{id}");
    }
}

/// Without a settle window every tier change of a customer who may be written to is one mail, with a Message-ID of its
/// own.
async fn mails_follow_from(server: &Server, bodies: &[Vec<u8>]) {
    let expected = expected_mails(bodies);
    assert!(!expected.is_empty(), "the traffic changes some tiers");
    let many = expected.values().sum();
    eventually("every mail", async || server.mails().len() >= many).await;
    server.stop().await;

    let (mut mailed, mut ids) = (HashMap::<String, usize>::new(), HashSet::new());
    for mail in server.mails() {
        let header = |name: &str| {
            let line = mail.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name} in {mail}"))
                .trim()
                .to_owned()
        };
        assert!(
            ids.insert(header("Message-ID:")),
            "a Message-ID that is there twice"
        );
        let to = header("To:");
        let address = to.rsplit('<').next().unwrap_or(&to).trim_end_matches('>');
        *mailed.entry(address.to_owned()).or_default() += 1;
    }
    assert_eq!(mailed, expected);
}

/// How many mails go to each address.
fn expected_mails(bodies: &[Vec<u8>]) -> HashMap<String, usize> {
    let mut changes = HashMap::<CustomerId, usize>::new();
    let mut addresses = HashMap::<CustomerId, String>::new();
    for body in bodies {
        let event = Event::parse(body).expect("an event");
        let Some(customer_id) = event.customer_id else {
            continue;
        };
        match event.payload {
            Payload::TierUpgrade(_) | Payload::TierDowngrade(_) => {
                *changes.entry(customer_id).or_default() += 1;
            }
            Payload::CustomerRegistration(registration) => {
                let customer = registration.customer.expect("a profile");
                if may_be_written_to(&customer) {
                    addresses.insert(customer_id, customer.email.expect("an address"));
                }
            }
            _ => {}
        }
    }
    let mut mails = HashMap::new();
    for (customer_id, count) in changes {
        if let Some(address) = addresses.get(&customer_id) {
            *mails.entry(address.clone()).or_default() += count;
        }
    }
    mails
}

fn may_be_written_to(customer: &Customer) -> bool {
    let consents = customer.consent.as_ref().is_none_or(|consent| {
        let purposes = consent.purposes.as_ref();
        purposes.and_then(|purposes| purposes.email_marketing) == Some(true)
    });
    let active = customer.status.as_deref() == Some("ACTIVE");
    active && consents && customer.is_anonymous != Some(true)
}
