//! Several copies of the server append to one database at once, and agree on one winner.

use std::collections::HashMap;

use laurel_store::{Appended, NewEvent, Outcome, Store};
use laurel_testkit::{TestDatabase, both_databases};
use uuid::Uuid;

use crate::bodies::{WINDOW, coupon, event};
use crate::raw;

both_databases!(
    copies_that_append_the_same_batches_agree_on_one_winner_each,
    copies_that_append_reversed_batches_never_deadlock,
    copies_agree_again_when_the_window_has_passed,
);

/// Every store appends its batches one after the other, all stores at once.
async fn append_at_once(work: Vec<(Store, Vec<Vec<NewEvent>>)>) -> Vec<Vec<Appended>> {
    let tasks: Vec<_> = work
        .into_iter()
        .map(|(store, batches)| {
            tokio::spawn(async move {
                let mut answers = Vec::new();
                for batch in batches {
                    answers.extend(
                        store
                            .append(&batch)
                            .await
                            .expect("no deadlock, no conflict"),
                    );
                }
                answers
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("a task that ends"));
    }
    answers
}

/// `stores` copies, each of which appends all of `bodies` in batches of ten, every second one backwards.
async fn race(
    database: &TestDatabase,
    stores: usize,
    bodies: &[Vec<u8>],
    reversed: bool,
) -> Vec<Vec<(usize, Appended)>> {
    let mut work = Vec::new();
    let mut orders = Vec::new();
    for copy in 0..stores {
        let mut order: Vec<usize> = (0..bodies.len()).collect();
        if reversed && copy % 2 == 1 {
            order.reverse();
        }
        let batches = order
            .chunks(10)
            .map(|chunk| {
                chunk
                    .iter()
                    .map(|&body| event(database, &bodies[body]))
                    .collect()
            })
            .collect();
        work.push((database.another_store().await, batches));
        orders.push(order);
    }
    let answers = append_at_once(work).await;
    orders
        .into_iter()
        .zip(answers)
        .map(|(order, answers)| order.into_iter().zip(answers).collect())
        .collect()
}

/// Each body has one winner, whose id every copy was told, and is counted as often as it was delivered.
async fn assert_one_winner_each(
    database: &TestDatabase,
    answers: &[Vec<(usize, Appended)>],
    bodies: usize,
) {
    let mut winners = HashMap::<usize, Uuid>::new();
    for (body, answer) in answers.iter().flatten() {
        if answer.outcome == Outcome::Accepted {
            assert_eq!(
                winners.insert(*body, answer.id),
                None,
                "two winners of {body}"
            );
        }
    }
    assert_eq!(winners.len(), bodies);
    for (body, answer) in answers.iter().flatten() {
        assert_eq!(answer.id, winners[body]);
    }
    let delivered = i64::try_from(answers.iter().map(Vec::len).sum::<usize>()).expect("a count");
    let sql = "SELECT CAST(sum(delivery_count) AS BIGINT) FROM events";
    let counted: i64 = raw::value(&database.store, sql).await;
    assert_eq!(counted, delivered);
}

fn bodies(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|number| coupon("ana", number)).collect()
}

async fn copies_that_append_the_same_batches_agree_on_one_winner_each(database: TestDatabase) {
    let bodies = bodies(60);
    let answers = race(&database, 4, &bodies, false).await;
    assert_one_winner_each(&database, &answers, bodies.len()).await;
}

async fn copies_that_append_reversed_batches_never_deadlock(database: TestDatabase) {
    let bodies = bodies(60);
    let answers = race(&database, 4, &bodies, true).await;
    assert_one_winner_each(&database, &answers, bodies.len()).await;
}

async fn copies_agree_again_when_the_window_has_passed(database: TestDatabase) {
    let bodies = bodies(30);
    race(&database, 2, &bodies, true).await;
    database.clock.advance(WINDOW);
    let answers = race(&database, 4, &bodies, true).await;
    let mut winners = HashMap::<usize, Uuid>::new();
    for (body, answer) in answers.iter().flatten() {
        assert_eq!(*winners.entry(*body).or_insert(answer.id), answer.id);
    }
    let events: i64 = raw::value(&database.store, "SELECT count(*) FROM events").await;
    assert_eq!(events, 60);
}
