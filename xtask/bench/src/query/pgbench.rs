//! The same by `pgbench`: the statements that tell as much, prepared, in one pipeline.

use std::path::{Path, PathBuf};
use std::time::Duration;

use laurel_payloads::CustomerId;

use super::questions::{Depth, Questions};
use super::report::Taken;
use crate::contenders::{Laurel, PgbenchLoad, Places};
use crate::processes::processor_time;
use crate::transactions;

pub(super) const NAME: &str = "pgbench, pipelined";

/// One run of a script.
pub(super) fn take(
    places: &Places,
    url: &str,
    script: &Path,
    load: PgbenchLoad,
) -> anyhow::Result<Taken> {
    let place = tempfile::tempdir()?;
    let mut command = places.pgbench(url, script, load);
    let used = || places.postgres_id.map_or(Duration::ZERO, processor_time);
    let before = used();
    let rate = transactions::run_in(&mut command, place.path())?;
    let used = used().saturating_sub(before);
    let times = transactions::times(place.path())?;
    Ok(Taken {
        rate,
        ..Taken::of(&times, load.time, [Duration::ZERO, used])
    })
}

/// pgbench knows numbers only: a table says which customer each stands for, which costs a look at its index.
pub(super) fn script(
    places: &Places,
    laurel: &Laurel,
    questions: &Questions,
    depth: Depth,
    folder: &Path,
) -> anyhow::Result<PathBuf> {
    let table = format!("bench_{depth:?}").to_lowercase();
    let from_the_top = |id: &CustomerId| format!("('{id}', 0, 0)");
    let rows: Vec<String> = match depth {
        Depth::First => questions.all.iter().map(from_the_top).collect(),
        Depth::Top => {
            let deep = questions.deep.iter();
            deep.map(|(id, _)| from_the_top(id)).collect()
        }
        Depth::Deep => {
            let deep = questions.deep.iter();
            deep.map(|(id, at)| format!("('{id}', {}, {})", at.occurred_at.micros(), at.event_seq))
                .collect()
        }
    };
    places.psql(
        &laurel.url,
        &format!(
            "CREATE TABLE IF NOT EXISTS {table} (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \
             id text COLLATE \"C\", at bigint, seq bigint); TRUNCATE {table} RESTART IDENTITY;"
        ),
    )?;
    for rows in rows.chunks(1_000) {
        let insert = format!(
            "INSERT INTO {table} (id, at, seq) VALUES {}",
            rows.join(", ")
        );
        places.psql(&laurel.url, &insert)?;
    }
    places.psql(&laurel.url, &format!("ANALYZE {table}"))?;
    let one = |column: &str| format!("(SELECT {column} FROM {table} WHERE n = :n)");
    let who = format!("source = 'masivo' AND customer_id = {}", one("id"));
    let from = match depth {
        Depth::First | Depth::Top => String::new(),
        Depth::Deep => format!(
            " AND (occurred_at, event_seq) < ({}, {})",
            one("at"),
            one("seq")
        ),
    };
    let text = format!(
        "\\set n random(1, {})\n\\startpipeline\n\
         SELECT * FROM customers WHERE {who};\n\
         SELECT b.*, r.name, r.type FROM wallet_balances b LEFT JOIN rewards r USING (source, reward_id) \
         WHERE b.source = 'masivo' AND b.customer_id = {};\n\
         SELECT * FROM tier_changes WHERE {who} ORDER BY occurred_at DESC, event_seq DESC LIMIT 21;\n\
         SELECT h.*, e.kind, e.body FROM (SELECT * FROM history_entries WHERE {who}{from} \
         ORDER BY occurred_at DESC, event_seq DESC LIMIT 21) h JOIN events e ON e.seq = h.event_seq \
         ORDER BY h.occurred_at DESC, h.event_seq DESC;\n\
         \\endpipeline\n",
        rows.len(),
        one("id"),
    );
    let script = folder.join(format!("{table}.sql"));
    std::fs::write(&script, text)?;
    Ok(script)
}
