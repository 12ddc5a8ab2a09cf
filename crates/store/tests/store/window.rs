//! The duplicate window's memory ends, and never takes with it what is still to be remembered.

use laurel_store::Outcome;
use laurel_testkit::{TestDatabase, both_databases};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::bodies::{WINDOW, coupon};
use crate::raw;

both_databases!(
    what_is_out_of_the_window_is_forgotten,
    content_that_is_renewed_meanwhile_is_remembered,
);

async fn remembered(database: &TestDatabase) -> i64 {
    raw::value(&database.store, "SELECT count(*) FROM recent").await
}

async fn what_is_out_of_the_window_is_forgotten(database: TestDatabase) {
    let store = &database.store;
    database.append(&[&coupon("ana", 1)]).await;
    database.clock.advance(WINDOW / 2);
    database.append(&[&coupon("ana", 2)]).await;
    assert!(!store.forget_expired().await.expect("a step"));
    assert_eq!(remembered(&database).await, 2);
    database.clock.advance(WINDOW / 2);
    assert!(!store.forget_expired().await.expect("a step"));
    assert_eq!(remembered(&database).await, 1);
    let answer = database.append(&[&coupon("ana", 2)]).await[0];
    assert_eq!(answer.outcome, Outcome::Duplicate);
}

async fn content_that_is_renewed_meanwhile_is_remembered(database: TestDatabase) {
    let store = &database.store;
    database
        .append(&[&coupon("ana", 1), &coupon("ana", 2)])
        .await;
    database.clock.advance(WINDOW);
    // What an append does that finds the content out of its window, and has not committed yet.
    let renewing = store.begin().await.expect("a transaction");
    let renewed = store.clock().now().saturating_add(WINDOW).micros();
    let sql = format!("UPDATE recent SET expires_at = {renewed}");
    let updated = renewing.connection().execute_unprepared(&sql).await;
    assert_eq!(updated.expect("an update").rows_affected(), 2);
    let other = database.another_store().await;
    let forgetting = tokio::spawn(async move { other.forget_expired().await });
    if raw::backend(&renewing) == DbBackend::Postgres {
        raw::until_blocked(store, 1, &forgetting).await;
    }
    renewing.commit().await.expect("a commit");
    forgetting.await.expect("a task that ends").expect("a step");
    assert_eq!(remembered(&database).await, 2);
}
