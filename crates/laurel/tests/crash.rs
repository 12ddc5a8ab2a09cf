//! The server is killed with SIGKILL in the middle of a programme's traffic, again and again: every event that was
//! answered 2xx is there once, and every tier change has its one mail.

mod child;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use child::Server;
use laurel_payloads::{Customer, CustomerId, Event, Payload};
use laurel_simulator::{Ledger, Programme, Settings, Traffic};
use laurel_store::{
    CustomerFilter, EventFilter, HistoryFilter, Options, PageRequest, Scope, Source, Store,
    SystemClock,
};
use laurel_testkit::{TestDatabase, run_for};
use rand::{Rng, SeedableRng, rngs::StdRng};

const KILLS: usize = 10;
const WEBHOOKS: u64 = 700;
const POSTERS: usize = 6;
const LIMIT: Duration = Duration::from_secs(150);

#[test]
fn nothing_acknowledged_is_lost_on_sqlite() {
    survives(TestDatabase::sqlite);
}

#[test]
fn nothing_acknowledged_is_lost_on_postgres() {
    survives(TestDatabase::postgres);
}

fn survives<F: Future<Output = TestDatabase>>(database: impl FnOnce() -> F) {
    let seed = std::env::var("LAUREL_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(rand::random::<u32>);
    println!("to repeat: LAUREL_TEST_SEED={seed}");
    run_for(LIMIT, async {
        let database = database().await;
        let traffic = traffic(u64::from(seed));
        let server = Server::new(&database.url);
        let acknowledged = post_while_killing(&server, traffic.clone(), seed);
        assert_eq!(
            acknowledged.len(),
            traffic.len(),
            "every post was answered 2xx in the end"
        );

        let store = Store::connect(&Options::new(&database.url), Arc::new(SystemClock)).await;
        let store = store.expect("a store");
        handled(&store, server.deadline()).await;
        let scope = store.scope(&Source::new("masivo").expect("a name"));
        let bodies = every_body(&scope, &acknowledged).await;
        assert_eq!(
            bodies.len(),
            traffic.iter().collect::<HashSet<_>>().len(),
            "each event is there once"
        );
        histories_follow_from(&scope, &bodies).await;
        mails_follow_from(&server, &bodies);
    });
}

/// A programme's webhooks, some twice, some late.
fn traffic(seed: u64) -> Vec<Vec<u8>> {
    let settings = Settings {
        events: WEBHOOKS,
        duplicates: 0.05,
        shuffle: 8,
        seed,
    };
    Traffic::new(Programme::new(seed, 40), settings)
        .map(|webhook| webhook.body)
        .collect()
}

/// Posts everything, each body until it is answered 2xx, while the server is killed and started again. Returns the id
/// that each post was answered with.
fn post_while_killing(server: &Server, traffic: Vec<Vec<u8>>, seed: u32) -> Vec<String> {
    let total = traffic.len();
    let queue = Mutex::new(VecDeque::from(traffic));
    let (done, ids) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let mut rng = StdRng::seed_from_u64(u64::from(seed));
    thread::scope(|scope| {
        for _ in 0..POSTERS {
            scope.spawn(|| {
                while let Some(body) = { queue.lock().expect("a queue").pop_front() } {
                    let id = server.post_until_acknowledged(&body);
                    ids.lock().expect("a list").push(id);
                    done.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        for kill in 1..=KILLS {
            // Each kill falls at a random moment of its share of the traffic.
            let after = total * (kill - 1) / KILLS + rng.random_range(1..=total / KILLS);
            while done.load(Ordering::SeqCst) < after.min(total - 1) {
                assert!(Instant::now() < server.deadline(), "the traffic stalled");
                thread::yield_now();
            }
            server.kill_and_restart();
        }
    });
    ids.into_inner().expect("a list")
}

/// Waits until every event has been handled.
async fn handled(store: &Store, deadline: Instant) {
    loop {
        let backlog = store.backlog().await.expect("a backlog");
        let left: i64 = backlog.iter().map(|backlog| backlog.pending).sum();
        let dead: i64 = backlog.iter().map(|backlog| backlog.dead).sum();
        assert_eq!(dead, 0, "{:?}", store.dead_letters(0, 9).await);
        if left == 0 {
            return;
        }
        assert!(Instant::now() < deadline, "{left} deliveries are left");
        tokio::task::yield_now().await;
    }
}

/// The bodies in the order of their receipt; each acknowledged id is one of theirs.
async fn every_body(scope: &Scope, acknowledged: &[String]) -> Vec<Vec<u8>> {
    let (mut bodies, mut ids) = (VecDeque::new(), HashSet::new());
    let mut page = PageRequest::first(100);
    loop {
        let events = scope
            .events(&EventFilter::default(), &page)
            .await
            .expect("a page");
        page.after = events.items.last().map(|event| event.seq);
        for event in events.items {
            ids.insert(event.id.to_string());
            bodies.push_front(event.body);
        }
        if !events.has_next {
            break;
        }
    }
    for id in acknowledged {
        assert!(ids.contains(id), "{id} was acknowledged and is not there");
    }
    bodies.into()
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
fn mails_follow_from(server: &Server, bodies: &[Vec<u8>]) {
    let expected = expected_mails(bodies);
    assert!(!expected.is_empty(), "the traffic changes some tiers");
    while server.mails().len() < expected.values().sum() && Instant::now() < server.deadline() {
        thread::yield_now();
    }
    server.stop().expect("an end");

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
