//! `PostGraphile` over the tables that Laurel has filled.

use std::path::Path;

use anyhow::ensure;
use serde_json::{Value, json};

use super::asker::Asker;
use super::data::People;
use super::questions::Depth;
use crate::contenders::{Laurel, Places, Server};

/// Connections to the database: as many as it would be given on a machine of this size.
const POOL: usize = 8;

/// What belongs to what, in the words in which `PostGraphile` is told so, since our tables have no foreign keys.
const RELATIONS: &str = "\
COMMENT ON TABLE history_entries IS E'@foreignKey (source, customer_id) references customers (source, customer_id)\\n\
@foreignKey (event_seq) references events (seq)';\
COMMENT ON TABLE tier_changes IS E'@foreignKey (source, customer_id) references customers (source, customer_id)';\
COMMENT ON TABLE wallet_balances IS E'@foreignKey (source, customer_id) references customers (source, customer_id)\\n\
@foreignKey (source, reward_id) references rewards (source, reward_id)';";

/// Starts it, and waits until it answers.
pub(super) fn start(
    places: &Places,
    place: &Path,
    laurel: &Laurel,
    folder: &Path,
) -> anyhow::Result<Server> {
    places.psql(&laurel.url, RELATIONS)?;
    let arguments = |port: u16| {
        let (port, pool) = (port.to_string(), POOL.to_string());
        ["server.mjs".to_owned(), port, laurel.url.clone(), pool]
    };
    places.serve_by_node(
        "PostGraphile",
        place,
        arguments,
        &folder.join("postgraphile.log"),
    )
}

impl Asker {
    /// Asks `PostGraphile`.
    pub(super) fn of_postgraphile(
        server: &Server,
        people: &People,
        depth: Depth,
        deep: u64,
    ) -> anyhow::Result<Self> {
        let query = include_str!("postgraphile.graphql");
        let mut variables = Vec::new();
        for id in people.of(depth) {
            let after = match depth {
                Depth::First | Depth::Top => Value::Null,
                Depth::Deep => deep_cursor(server, id.as_str(), deep)?,
            };
            variables.push(json!({ "id": id, "after": after }));
        }
        Ok(Self::new(server, None, query, variables))
    }
}

fn deep_cursor(server: &Server, id: &str, depth: u64) -> anyhow::Result<Value> {
    let query = "query($id: String!, $first: Int!) { customerBySourceAndCustomerId(source: \"masivo\", customerId: $id) { \
                 historyEntriesBySourceAndCustomerId(first: $first, orderBy: [PRIMARY_KEY_DESC]) { pageInfo { endCursor } } } }";
    let answer = Asker::new(
        server,
        None,
        query,
        vec![json!({ "id": id, "first": depth })],
    )
    .once(server)?;
    let entries =
        &answer["data"]["customerBySourceAndCustomerId"]["historyEntriesBySourceAndCustomerId"];
    let cursor = entries["pageInfo"]["endCursor"].clone();
    ensure!(cursor.is_string(), "no page so deep: {answer}");
    Ok(cursor)
}
