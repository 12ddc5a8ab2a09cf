//! Reports about one mail, and which of them are believed.

use laurel_notify::bounces::Outcome;
use laurel_notify::bounces::mailbox::Found;
use laurel_notify::links::MailKeys;
use laurel_store::SuppressionReason;
use laurel_testkit::{TestDatabase, both_databases};
use uuid::Uuid;

use crate::house::{House, bounce, complaint};

const ANA: &str = "ana@example.com";

both_databases!(
    a_hard_bounce_suppresses_the_address_and_the_next_mail_says_why,
    a_complaint_suppresses_the_address_although_the_provider_hides_it,
    a_soft_bounce_is_noted_and_changes_nothing,
    a_report_is_taken_in_once,
    the_id_may_come_back_in_the_return_path_alone,
    e21_a_forged_report_suppresses_nobody,
    e21_a_report_suppresses_no_address_but_that_of_its_customer,
    a_bounce_of_an_address_that_was_given_up_leaves_the_new_one_alone,
    e21_five_megabytes_are_not_read,
    a_mail_with_the_token_of_a_link_ends_the_mails_once,
    a_mail_without_a_token_of_ours_ends_nothing,
);

async fn a_hard_bounce_suppresses_the_address_and_the_next_mail_says_why(database: TestDatabase) {
    let house = House::new(database).await;
    let report = bounce("failed", "5.1.1", "Ana@Example.com", &house.head());
    assert_eq!(house.take(&report).await, Outcome::Bounced);
    let suppression = house.suppression(ANA).await.unwrap();
    assert_eq!(suppression.reason, SuppressionReason::Bounce);
    assert_eq!(house.upgrade().await.as_deref(), Some("suppressed"));
    // Lines may end either way.
    let crlf = bounce("failed", "5.1.1", ANA, &house.head()).replace('\n', "\r\n");
    assert_eq!(house.take(&crlf).await, Outcome::Bounced);
}

async fn a_complaint_suppresses_the_address_although_the_provider_hides_it(database: TestDatabase) {
    let house = House::new(database).await;
    let hidden = house.head().replace("ana@example.com", "[redacted]");
    for kind in ["not-spam", "auth-failure", "virus"] {
        let report = complaint(kind, &hidden);
        assert_eq!(house.take(&report).await, Outcome::Nothing, "{kind}");
    }
    assert_eq!(house.suppression(ANA).await, None);
    assert_eq!(
        house.take(&complaint("abuse", &hidden)).await,
        Outcome::Complained
    );
    let suppression = house.suppression(ANA).await.unwrap();
    assert_eq!(suppression.reason, SuppressionReason::Complaint);
}

async fn a_soft_bounce_is_noted_and_changes_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    for (action, status, outcome) in [
        ("delayed", "4.4.1", Outcome::Delayed),
        ("failed", "4.4.7", Outcome::Delayed),
        // The mailbox is full; a block list; the content.
        ("failed", "5.2.2", Outcome::Delayed),
        ("failed", "5.7.1", Outcome::Delayed),
        ("failed", "5.6.0", Outcome::Delayed),
        ("delivered", "2.0.0", Outcome::Nothing),
        ("relayed", "2.0.0", Outcome::Nothing),
        ("failed", "no status", Outcome::Nothing),
    ] {
        let report = bounce(action, status, ANA, &house.head());
        assert_eq!(house.take(&report).await, outcome, "{action} {status}");
    }
    assert_eq!(house.suppression(ANA).await, None);
    assert_eq!(house.upgrade().await, None);
}

async fn a_report_is_taken_in_once(database: TestDatabase) {
    let house = House::new(database).await;
    let report = bounce("failed", "5.1.1", ANA, &house.head());
    assert_eq!(house.take(&report).await, Outcome::Bounced);
    let database = &house.app.database;
    let scope = database.store.scope(&database.source());
    scope.unsuppress(ANA).await.unwrap();
    // An operator who knows better is not overruled by the same report.
    assert_eq!(house.take(&report).await, Outcome::Known);
    assert_eq!(house.suppression(ANA).await, None);
}

async fn the_id_may_come_back_in_the_return_path_alone(database: TestDatabase) {
    let house = House::new(database).await;
    let report = bounce("failed", "5.1.1", ANA, "Subject: You are now B");
    assert_eq!(house.take(&report).await, Outcome::NotOurs);
    for field in ["To", "Delivered-To", "X-Original-To"] {
        let address = format!("{field}: <bounces+{}@example.com>\nTo: ", house.return_id());
        let returned = report.replacen("To: ", &address, 1);
        assert_eq!(house.take(&returned).await, Outcome::Bounced, "{field}");
    }
    assert!(house.suppression(ANA).await.is_some());
}

async fn e21_a_forged_report_suppresses_nobody(database: TestDatabase) {
    let house = House::new(database).await;
    let (head, id) = (house.head(), house.return_id());
    let without: Vec<_> = head
        .lines()
        .filter(|line| !line.starts_with("X-Laurel-Return"))
        .collect();
    // The Message-ID is ours, and known to whoever saw the mail pass; it proves nothing.
    assert!(without.iter().any(|line| line.starts_with("Message-ID: <")));
    let other = if id.ends_with('0') { "1" } else { "0" };
    for forged in [
        without.join("\n"),
        head.replace(&id, &format!("{}{other}", &id[..51])),
        head.replace(&id, &"0".repeat(52)),
        head.replace(&id, ""),
        format!(
            "X-Laurel-Return: {}\n{}",
            "f".repeat(52),
            without.join("\n")
        ),
    ] {
        for report in [
            bounce("failed", "5.1.1", ANA, &forged),
            complaint("abuse", &forged),
        ] {
            assert_eq!(house.take(&report).await, Outcome::NotOurs);
        }
    }
    assert_eq!(house.suppression(ANA).await, None);
}

async fn e21_a_report_suppresses_no_address_but_that_of_its_customer(database: TestDatabase) {
    let house = House::new(database).await;
    // Whoever has had a mail can write a report about it, but only about themselves.
    let head = house.head().replace("ana@example.com", "ben@example.com");
    let report = bounce("failed", "5.1.1", "ben@example.com", &head);
    assert_eq!(house.take(&report).await, Outcome::AddressGone);
    for address in [ANA, "ben@example.com"] {
        assert_eq!(house.suppression(address).await, None);
    }
}

async fn a_bounce_of_an_address_that_was_given_up_leaves_the_new_one_alone(database: TestDatabase) {
    let house = House::new(database).await;
    let report = bounce("failed", "5.1.1", ANA, &house.head());
    house.register("ana@new.example").await;
    assert_eq!(house.take(&report).await, Outcome::AddressGone);
    assert_eq!(house.suppression("ana@new.example").await, None);
}

async fn e21_five_megabytes_are_not_read(database: TestDatabase) {
    let house = House::new(database).await;
    let outcome = house.importer.take(&Found::TooLarge).await.unwrap();
    assert_eq!(outcome, Outcome::TooLarge);
    // What is just small enough, and nested as deep as it goes, is only looked at from outside.
    let nested = "Content-Type: message/rfc822\n\n".repeat(150_000);
    let parts = "--b\n\n".repeat(900_000);
    let types = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n";
    for bomb in [
        nested.clone(),
        format!("{types}\n--b\n{nested}"),
        format!("{types}\n{parts}"),
        types.repeat(60_000),
        format!(
            "{types}\n--b\nContent-Type: message/delivery-status\n\n{}",
            "\n".repeat(4 << 20)
        ),
        format!(
            "{types}\n--b\nContent-Type: message/rfc822\n\nTo: {}",
            "(".repeat(4 << 20)
        ),
    ] {
        assert!(bomb.len() <= 5 << 20, "{}", bomb.len());
        let outcome = house.take(&bomb).await;
        assert!(
            matches!(outcome, Outcome::NoReport | Outcome::NotOurs),
            "{outcome:?}"
        );
    }
}

fn wish(subject: &str) -> String {
    format!(
        "From: Ana <ana@phone.example>\nTo: unsubscribe@example.com\nSubject: {subject}\n\nSent from my phone\n"
    )
}

async fn a_mail_with_the_token_of_a_link_ends_the_mails_once(database: TestDatabase) {
    let house = House::new(database).await;
    let token = house.token().await;
    // As a reader makes it of `mailto:…?subject=unsubscribe%20TOKEN`; folded, and answered to.
    let mail = wish(&format!("unsubscribe\n {token}"));
    assert_eq!(house.take(&mail).await, Outcome::Unsubscribed);
    assert_eq!(house.upgrade().await.as_deref(), Some("unwanted"));
    assert_eq!(house.suppression(ANA).await, None);
    let database = &house.app.database;
    let scope = database.store.scope(&database.source());
    let ana = "ana".parse().unwrap();
    scope.resume_messages(&ana, "mail").await.unwrap();
    // What she has taken back on the page is not done again by the same mail, but by another one.
    assert_eq!(house.take(&mail).await, Outcome::Known);
    assert_eq!(house.upgrade().await, None);
    let again = wish(&format!("Re: unsubscribe {token}"));
    assert_eq!(house.take(&again).await, Outcome::Unsubscribed);
    assert_eq!(house.upgrade().await.as_deref(), Some("unwanted"));
}

async fn a_mail_without_a_token_of_ours_ends_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    let token = house.token().await;
    let nobody = MailKeys::of(&house.app.database.store).await.unwrap();
    for (subject, outcome) in [
        (String::new(), Outcome::NoReport),
        ("unsubscribe".to_owned(), Outcome::NoReport),
        (format!("unsubscribe {}", &token[1..]), Outcome::NoReport),
        (format!("unsubscribe {token}="), Outcome::NoReport),
        (format!("{}{token}", "re: ".repeat(100)), Outcome::NoReport),
        (
            format!("unsubscribe {}", house.return_id()),
            Outcome::NoReport,
        ),
        (format!("unsubscribe {}", "A".repeat(43)), Outcome::NotOurs),
        (
            format!("unsubscribe {}", nobody.link(Uuid::nil())),
            Outcome::NotOurs,
        ),
        (
            format!("unsubscribe {}", nobody.link(Uuid::from_u128(7))),
            Outcome::NotOurs,
        ),
    ] {
        assert_eq!(house.take(&wish(&subject)).await, outcome, "{subject}");
    }
    let in_the_body = format!("Subject: hello\n\nunsubscribe {token}\n");
    assert_eq!(house.take(&in_the_body).await, Outcome::NoReport);
    assert_eq!(house.upgrade().await, None);
}
