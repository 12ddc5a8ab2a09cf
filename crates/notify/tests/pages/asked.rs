//! What is asked of a page: one click, a prefetch, a button, and what is none of these.

use axum::body::Body;
use axum::http::Request;
use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{FORM, House, ONE_CLICK};

both_databases!(
    one_click_unsubscribes_without_a_login_and_ends_the_mails_of_every_kind,
    e22_a_link_that_is_only_followed_changes_nothing,
    e22_one_click_may_be_repeated,
    who_undoes_it_is_written_to_again,
    a_choice_is_kept_and_shown_by_kind,
    nothing_chosen_is_the_same_as_stopping,
    what_is_no_form_changes_nothing,
    a_link_speaks_for_nobody_else,
);

async fn one_click_unsubscribes_without_a_login_and_ends_the_mails_of_every_kind(
    database: TestDatabase,
) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    let answer = house.post(&link, ONE_CLICK).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.headers.contains_key("set-cookie"));
    assert_eq!(answer.heading(), "You are unsubscribed");
    for kind in ["TIER_UPGRADE", "TIER_DOWNGRADE"] {
        assert_eq!(house.change(kind).await, "SKIPPED: unwanted");
    }
    assert_eq!(house.app.mailbox.messages().len(), 1);
}

async fn e22_a_link_that_is_only_followed_changes_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    for path in [&link, &house.choice()] {
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"] {
            let request = Request::builder().method(method).uri(path.as_str());
            let answer = house.ask(request.body(Body::empty()).unwrap()).await;
            let expected = if ["GET", "HEAD"].contains(&method) {
                200
            } else {
                405
            };
            assert_eq!(answer.status, expected, "{method}");
        }
    }
    assert_eq!(house.get(&link).await.heading(), "Stop these e-mails?");
    assert_eq!(house.change("TIER_DOWNGRADE").await, "SENT");
}

async fn e22_one_click_may_be_repeated(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    let first = house.post(&link, ONE_CLICK).await;
    assert_eq!(house.post(&link, ONE_CLICK).await, first);
    assert_eq!(house.get(&link).await.heading(), "You are unsubscribed");
    assert_eq!(house.change("TIER_UPGRADE").await, "SKIPPED: unwanted");
}

async fn who_undoes_it_is_written_to_again(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    house.post(&link, "action=stop").await;
    assert_eq!(house.change("TIER_UPGRADE").await, "SKIPPED: unwanted");
    let answer = house.post(&link, "action=resume").await;
    assert_eq!(answer.heading(), "Good to have you back");
    assert_eq!(house.change("TIER_UPGRADE").await, "SENT");
}

async fn a_choice_is_kept_and_shown_by_kind(database: TestDatabase) {
    let house = House::new(database).await;
    house.mailed().await;
    let choice = house.choice();
    assert_eq!(
        checked(&house.get(&choice).await.body),
        ["upgrade", "downgrade"]
    );
    let saved = house.post(&choice, "kind=upgrade&action=choose").await;
    assert!(saved.body.contains("Your choice is saved."));
    assert_eq!(checked(&saved.body), ["upgrade"]);
    assert_eq!(
        house.get(&choice).await.heading(),
        "Which e-mails do you want?"
    );
    assert_eq!(house.change("TIER_DOWNGRADE").await, "SKIPPED: unwanted");
    assert_eq!(house.change("TIER_UPGRADE").await, "SENT");
    // A newer link shows what was said by an older one.
    assert_eq!(checked(&house.get(&house.choice()).await.body), ["upgrade"]);
    assert_eq!(
        house.get(&house.link()).await.heading(),
        "Stop these e-mails?"
    );
}

async fn nothing_chosen_is_the_same_as_stopping(database: TestDatabase) {
    let house = House::new(database).await;
    house.mailed().await;
    let saved = house.post(&house.choice(), "action=choose").await;
    assert!(checked(&saved.body).is_empty());
    assert_eq!(
        house.get(&house.link()).await.heading(),
        "You are unsubscribed"
    );
    assert_eq!(house.change("TIER_UPGRADE").await, "SKIPPED: unwanted");
}

async fn what_is_no_form_changes_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    let long = "a".repeat(10_000);
    for (kind, body, status) in [
        (
            "application/json",
            "{\"List-Unsubscribe\":\"One-Click\"}",
            415,
        ),
        ("text/plain", ONE_CLICK, 415),
        (FORM, "", 400),
        (FORM, "List-Unsubscribe=No", 400),
        (FORM, &long, 413),
    ] {
        let answer = house.post_as(&link, kind, body).await;
        assert_eq!(answer.status, status, "{kind}");
        assert_eq!(answer.heading(), "That did not work");
    }
    assert_eq!(house.change("TIER_UPGRADE").await, "SENT");
}

async fn a_link_speaks_for_nobody_else(database: TestDatabase) {
    let house = House::new(database).await;
    house.register("ben").await;
    let link = house.mailed().await;
    house.post(&link, ONE_CLICK).await;
    assert_eq!(house.change_of("ben", "TIER_UPGRADE").await, "SENT");
    assert_eq!(house.change("TIER_UPGRADE").await, "SKIPPED: unwanted");
}

/// The kinds whose boxes are ticked.
fn checked(page: &str) -> Vec<&str> {
    let boxes = page.split("name=\"kind\" value=\"").skip(1);
    boxes
        .filter_map(|rest| {
            let (name, rest) = rest.split_once('"')?;
            rest.split_once('>')?.0.contains("checked").then_some(name)
        })
        .collect()
}
