//! Nobody is shown what is another's: asked of every field and every argument that the schema has, whoever adds it.

mod arguments;
mod fields;
mod schema;
mod scopes;

use laurel_store::{KeyScope, Source};
use laurel_testkit::TestDatabase;
use serde_json::{Value, json};

use crate::client::{ANA, Api, make_key};

/// Who asks: with which credentials, and about which customer of their own.
struct Stranger {
    who: &'static str,
    key: String,
    own: &'static str,
    customer: bool,
    /// Whether the whole source of the sample payloads is another's to them.
    elsewhere: bool,
}

/// The story of the sample payloads, and those who have no part in it.
struct Scene {
    api: Api,
    strangers: Vec<Stranger>,
    /// What names the customer of the story, or anything that is theirs.
    personal: Vec<String>,
    /// What names something of their source.
    of_source: Vec<String>,
}

const THEIRS: &str = r"query($id: ID!) {
    customer(id: $id) {
        id customerId name email
        history(first: 100) { edges { cursor } nodes { id } }
        tierChanges { edges { cursor } }
        notifications { edges { cursor } nodes { id } }
    }
    customers { edges { cursor } }
    events(first: 100) { edges { cursor } nodes { id eventId } }
}";
const OF_SOURCE: &str = "{ tiers { id } rewards { id brandId } }";

impl Scene {
    async fn new(database: TestDatabase) -> Self {
        let api = Api::with_story(database).await;
        let mut api = api.asked_by("masivo", &[KeyScope::Admin]).await;
        let personal = texts(&api.ask(THEIRS, json!({ "id": ANA })).await);
        let of_source = texts(&api.ask(OF_SOURCE, Value::Null).await);
        api.receive(&[&gain("benito", "stars", "shop")]).await;
        api.receive_as("another", &[&gain("carla", "moons", "store")])
            .await;
        let benito = api.token("benito").await;
        let another = Source::new("another").unwrap();
        let key = make_key(&api.app.database, &another, &[KeyScope::Admin]).await;
        api.key.clone_from(&key);
        let carla = api.token("carla").await;
        let strangers = vec![
            Stranger {
                who: "another customer",
                key: benito,
                own: "benito",
                customer: true,
                elsewhere: false,
            },
            Stranger {
                who: "a customer of another source",
                key: carla,
                own: "carla",
                customer: true,
                elsewhere: true,
            },
            Stranger {
                who: "another source",
                key,
                own: "carla",
                customer: false,
                elsewhere: true,
            },
        ];
        Self {
            api,
            strangers,
            personal,
            of_source,
        }
    }

    /// What is not the stranger's.
    fn foreign(&self, stranger: &Stranger) -> impl Iterator<Item = &String> {
        let of_source = self.of_source.iter().filter(|_| stranger.elsewhere);
        self.personal.iter().chain(of_source)
    }
}

/// Every text in an answer.
fn texts(answer: &Value) -> Vec<String> {
    match answer {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// Something of a reward that the story does not know.
fn gain(customer: &str, reward: &str, brand: &str) -> Vec<u8> {
    let data = json!({ "customer_id": customer,
        "lines": [{ "amount": 3, "reward_id": reward, "brand_id": brand, "issued_at": "2026-02-03T00:00:00Z" }],
        "wallet": { "totals": [{ "total": 3, "reward_id": reward }] } });
    json!({ "event": "CUSTOMER_ACCUMULATION", "data": data })
        .to_string()
        .into_bytes()
}
