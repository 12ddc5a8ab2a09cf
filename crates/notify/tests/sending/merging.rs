//! Several changes of one customer: one mail each, one about all of them, or none.

use std::time::Duration;

use laurel_testkit::{FIXTURES, TestDatabase, both_databases};

use crate::house::{House, ana, change};

const MINUTE: Duration = Duration::from_mins(1);

both_databases![
    without_a_settle_window_every_change_is_a_mail_in_order,
    with_the_default_window_the_story_that_ends_where_it_began_is_no_mail,
    changes_within_the_window_are_one_mail_about_the_net_change,
    changes_are_chained_by_their_tiers_whatever_order_they_came_in,
    changes_of_two_windows_are_two_mails,
    nothing_is_sent_before_its_window_has_passed,
    a_replay_mails_nobody,
];

fn story() -> Vec<Vec<u8>> {
    FIXTURES.iter().map(|(_, body)| body.to_vec()).collect()
}

async fn without_a_settle_window_every_change_is_a_mail_in_order(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    house.receive(&story()).await;
    house.send().await;
    let expected = [
        "Ya eres Silver",
        "Ya eres Gold",
        "Ajustamos tu nivel a Silver",
        "Tu nivel para el nuevo período: Bronze",
    ];
    assert_eq!(house.channel.subjects(), expected);
    assert_eq!(house.states().await, ["sent"; 4]);
}

async fn with_the_default_window_the_story_that_ends_where_it_began_is_no_mail(
    database: TestDatabase,
) {
    let house = House::new(database, MINUTE).await;
    house.receive(&story()).await;
    house.advance(MINUTE);
    house.send().await;
    assert_eq!(house.channel.subjects(), [""; 0]);
    assert_eq!(
        house.states().await,
        ["skipped: no_net_change", "merged", "merged", "merged"]
    );
}

async fn changes_within_the_window_are_one_mail_about_the_net_change(database: TestDatabase) {
    let house = House::new(database, MINUTE).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    house.advance(Duration::from_secs(59));
    house.receive(&[change("ana", "Silver", "Gold")]).await;
    house.advance(Duration::from_secs(1));
    house.send().await;
    let [mail] = house.channel.taken().try_into().unwrap();
    assert_eq!(mail.words.subject, "You are now Gold");
    assert!(
        mail.words.text.contains("from Bronze to Gold"),
        "{}",
        mail.words.text
    );
    assert_eq!(house.states().await, ["sent", "merged"]);
    let rows = house
        .query("SELECT id, merged_into FROM outbox ORDER BY event_seq")
        .await;
    let id = |row: usize, column| rows[row].try_get::<Option<uuid::Uuid>>("", column).unwrap();
    assert_eq!((id(0, "id"), id(0, "merged_into")), (Some(mail.id), None));
    assert_eq!(id(1, "merged_into"), Some(mail.id));
}

async fn changes_are_chained_by_their_tiers_whatever_order_they_came_in(database: TestDatabase) {
    let house = House::new(database, MINUTE).await;
    let bodies = [
        change("ana", "Silver", "Gold"),
        ana(),
        change("ana", "Bronze", "Silver"),
    ];
    house.receive(&bodies).await;
    house.advance(MINUTE);
    house.send().await;
    let [mail] = house.channel.taken().try_into().unwrap();
    assert!(
        mail.words.text.contains("from Bronze to Gold"),
        "{}",
        mail.words.text
    );
}

async fn changes_of_two_windows_are_two_mails(database: TestDatabase) {
    let house = House::new(database, MINUTE).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    house.advance(MINUTE);
    house.receive(&[change("ana", "Silver", "Gold")]).await;
    house.advance(MINUTE);
    house.send().await;
    assert_eq!(
        house.channel.subjects(),
        ["You are now Silver", "You are now Gold"]
    );
}

async fn nothing_is_sent_before_its_window_has_passed(database: TestDatabase) {
    let house = House::new(database, MINUTE).await;
    house
        .receive(&[ana(), change("ana", "Bronze", "Silver")])
        .await;
    house.advance(Duration::from_micros(59_999_999));
    house.send().await;
    assert_eq!(house.outbox().await, [("pending".to_owned(), 0)]);
    house.advance(Duration::from_micros(1));
    house.send().await;
    assert_eq!(house.outbox().await, [("sent".to_owned(), 1)]);
}

async fn a_replay_mails_nobody(database: TestDatabase) {
    let house = House::new(database, Duration::ZERO).await;
    house.receive(&story()).await;
    house.send().await;
    for subscriber in ["mail", "history"] {
        laurel_dispatch::replay(&house.dispatcher, subscriber)
            .await
            .unwrap();
        house.dispatcher.drain().await.unwrap();
        house.send().await;
    }
    assert_eq!(house.channel.taken().len(), 4);
    assert_eq!(house.states().await, ["sent"; 4]);
}
