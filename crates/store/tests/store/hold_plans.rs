//! What is reserved costs what is open, not what there ever was: both databases go by the indexes of what is.

use laurel_payloads::EventKind;
use laurel_store::{Moment, NewLine, Scope};
use laurel_testkit::TestDatabase;

use crate::facts::{at, line, wallet, write};
use crate::messages::id;
use crate::plans::{apart, postgres_plan, sent};
use crate::raw;

use EventKind::{CustomerAccumulation, CustomerRedemption, RewardsReservation};

/// So many reservations of Ana's were closed, and so many are open.
const CLOSED: i64 = 800;
const OPEN: i64 = 3;
/// More rows than a step that does not walk through what is closed has reason to see.
const FEW: u64 = 50;

async fn fill(database: &TestDatabase) -> Scope {
    let source = database.source();
    let of = |customer: &str, kind, seq, sum, issued| NewLine {
        issued_at: Some(at(issued)),
        reservation_expires_at: Some(at(i64::MAX / 2)),
        ..line(&source, customer, kind, seq, sum)
    };
    let mut lines = Vec::new();
    for hold in 1..=CLOSED {
        lines.push(of("ana", RewardsReservation, 4 * hold, "1", hold));
        lines.push(of("ana", CustomerRedemption, 4 * hold + 1, "-1", hold));
        lines.push(of("ana", CustomerRedemption, 4 * hold + 2, "-1", -hold));
        lines.push(of("ana", CustomerAccumulation, 4 * hold + 3, "1", hold));
    }
    for hold in 1..=OPEN {
        let hold = CLOSED + hold;
        lines.push(of("ana", RewardsReservation, 4 * hold, "1", hold));
    }
    for other in 0..300 {
        let seq = 20_000 + 4 * other;
        let customer = format!("c{other}");
        lines.push(of(&customer, RewardsReservation, seq, "1", seq));
        lines.push(of(&customer, CustomerRedemption, seq + 1, "-1", seq));
    }
    let seen = wallet(database, "ana", 1, &[("points", "100"), ("coffee", "1")]);
    write(&database.store, async |tx| {
        tx.update_customers(vec![seen]).await?;
        for part in lines.chunks(500) {
            tx.add_lines(part).await?;
        }
        Ok(())
    })
    .await;
    database.store.scope(&source)
}

/// The most rows that a step of an executed plan took or threw away.
fn most_rows(plan: &str) -> u64 {
    let number = |text: &str| -> u64 {
        let digits = text.split(|digit: char| !digit.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    let rows = plan.lines().map(|line| {
        let after = |word| line.split_once(word).map_or(0, |(_, rest)| number(rest));
        let loops = after("loops=").max(1);
        (after("rows=") * loops).max(after("Rows Removed by Filter: "))
    });
    rows.max().unwrap_or(0)
}

/// Asks PostgreSQL how it reads what is like this, and how many rows it looks at.
async fn goes_by_the_index(database: &TestDatabase, like: &str, values: &[&str]) {
    let statement = sent(&database.store, like).await;
    let options = "ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF";
    let plan = postgres_plan(&database.store, &statement, options, values).await;
    assert!(plan.contains("actual rows="), "{plan}");
    assert!(most_rows(&plan) <= FEW, "{statement}\n{plan}");
    assert!(
        plan.contains("reward_lines_of_holds"),
        "{statement}\n{plan}"
    );
    let reads_holds = !like.starts_with("INSERT");
    assert_eq!(
        plan.contains("holds_by_close"),
        reads_holds,
        "{statement}\n{plan}"
    );
}

fn after(seq: i64) -> Moment {
    Moment {
        customer_id: id("ana"),
        event_seq: seq,
        occurred_at: at(seq),
    }
}

async fn reserved_after(scope: &Scope, seq: i64) -> Result<String, laurel_store::Error> {
    let reserved = scope.reserved_after(&[after(seq)]).await?;
    let points = reserved[&after(seq)].get(&"points".parse().expect("an id"));
    Ok(points.expect("a sum").to_string())
}

#[test]
fn postgres_looks_at_what_is_open_and_not_at_what_is_closed() {
    laurel_testkit::run(async {
        let database = TestDatabase::postgres().await;
        let scope = fill(&database).await;
        // Before it knows anything of its tables, and after.
        looks_at_what_is_open(&database, &scope).await;
        raw::run(&database.store, "ANALYZE").await;
        looks_at_what_is_open(&database, &scope).await;
    });
}

async fn looks_at_what_is_open(database: &TestDatabase, scope: &Scope) {
    apart(scope).await;
    let ana = scope.customer(&id("ana")).await.expect("an answer");
    let balances = ana.expect("a customer").balances;
    assert_eq!(balances[1].reserved.to_string(), OPEN.to_string());
    let now = database.store.clock().now().micros().to_string();
    let values = ["'masivo'", "'{ana}'", now.as_str()];
    goes_by_the_index(database, "SELECT%wallet_balances%", &values).await;
    for (seq, reserved) in [(4 * CLOSED / 2, "1"), (4 * (CLOSED + OPEN), "3")] {
        assert_eq!(reserved_after(scope, seq).await.expect("a sum"), reserved);
        let stretch = format!("'[[\"ana\", {seq}, {seq}, {seq}]]'");
        let values = ["'masivo'", stretch.as_str()];
        goes_by_the_index(database, "WITH h AS%reward_lines%", &values).await;
    }
    // Left open, so that the statement is the last of its session; and asked about another hold than it has locked.
    let tx = database.store.begin().await.expect("a transaction");
    let again = line(&database.source(), "ana", CustomerRedemption, 1, "-1");
    tx.add_lines(&[again]).await.expect("a line");
    let keys = r#"'[["masivo", "ana", "points", "", 2]]'"#;
    goes_by_the_index(database, "INSERT INTO holds%", &[keys]).await;
}

#[test]
fn sqlite_goes_by_the_indexes_of_what_is_open_or_not_at_all() {
    laurel_testkit::run(async {
        let database = TestDatabase::sqlite().await;
        let scope = fill(&database).await;
        let last = 4 * (CLOSED + OPEN);
        for index in ["reward_lines_of_holds", "holds_by_close"] {
            let ana = scope.customer(&id("ana")).await.expect("an answer");
            let balances = ana.expect("a customer").balances;
            assert_eq!(balances[1].reserved.to_string(), OPEN.to_string());
            assert_eq!(reserved_after(&scope, last).await.expect("a sum"), "3");
            let sql = "SELECT sql || ';' FROM sqlite_master WHERE name = ";
            let made: String = raw::value(&database.store, &format!("{sql}'{index}'")).await;
            raw::run(&database.store, &format!("DROP INDEX {index}")).await;
            scope.customer(&id("ana")).await.expect_err(index);
            reserved_after(&scope, last).await.expect_err(index);
            raw::run(&database.store, &made).await;
        }
    });
}
