//! What customers want to be told of, and what came back about a message.

use std::time::Duration;

use laurel_payloads::EventKind::{TierDowngrade, TierUpgrade};
use laurel_store::{MailReport, ReportKind, Scope, Source};
use laurel_testkit::{TestDatabase, both_databases};
use uuid::Uuid;

use crate::messages::{CLAIM, MAIL, address, claim, enqueue, id, message};
use crate::raw;

both_databases!(
    who_wants_no_message_of_a_kind_still_gets_the_other,
    who_stops_all_gets_none_and_finds_their_choice_again_on_coming_back,
    a_choice_belongs_to_its_tenant_and_its_channel,
    every_id_of_a_customer_speaks_for_them_and_the_latest_word_counts,
    a_message_tells_whom_it_was_for,
    a_report_is_recorded_once_and_only_about_a_message_of_the_tenant,
);

/// What a customer has said of upgrades and of downgrades.
async fn wanted(scope: &Scope, customer: &str) -> [Option<bool>; 2] {
    let said = scope.preferences(&id(customer), MAIL).await;
    let said = said.expect("preferences");
    [said.wanted(TierUpgrade), said.wanted(TierDowngrade)]
}

async fn choose(scope: &Scope, customer: &str, upgrades: bool, downgrades: bool) {
    let kinds = [(TierUpgrade, upgrades), (TierDowngrade, downgrades)];
    let chosen = scope.choose_messages(&id(customer), MAIL, &kinds).await;
    chosen.expect("a choice");
}

async fn stop(scope: &Scope, customer: &str) {
    let stopped = scope.stop_messages(&id(customer), MAIL).await;
    stopped.expect("a word");
}

async fn who_wants_no_message_of_a_kind_still_gets_the_other(database: TestDatabase) {
    let scope = database.store.scope(&database.source());
    address(&database, "ana").await;
    assert_eq!(wanted(&scope, "ana").await, [None, None]);
    choose(&scope, "ana", true, false).await;
    assert_eq!(wanted(&scope, "ana").await, [Some(true), Some(false)]);
    for (kind, expected) in [(TierUpgrade, true), (TierDowngrade, false)] {
        let recipient = scope.recipient(&id("ana"), MAIL).await;
        let recipient = recipient.expect("an answer").expect("a recipient");
        assert_eq!(recipient.wanted(kind), Some(expected));
    }
}

async fn who_stops_all_gets_none_and_finds_their_choice_again_on_coming_back(
    database: TestDatabase,
) {
    let scope = database.store.scope(&database.source());
    choose(&scope, "ana", true, false).await;
    for _ in 0..2 {
        stop(&scope, "ana").await;
        assert_eq!(wanted(&scope, "ana").await, [Some(false), Some(false)]);
    }
    let resumed = scope.resume_messages(&id("ana"), MAIL).await;
    resumed.expect("a word");
    assert_eq!(wanted(&scope, "ana").await, [Some(true), Some(false)]);
    stop(&scope, "ana").await;
    choose(&scope, "ana", false, true).await;
    assert_eq!(wanted(&scope, "ana").await, [Some(false), Some(true)]);
}

async fn a_choice_belongs_to_its_tenant_and_its_channel(database: TestDatabase) {
    let scope = database.store.scope(&database.source());
    let other = database.store.scope(&Source::new("other").expect("a name"));
    stop(&scope, "ana").await;
    assert_eq!(wanted(&other, "ana").await, [None, None]);
    assert_eq!(wanted(&scope, "ben").await, [None, None]);
    let push = scope.preferences(&id("ana"), "push").await;
    assert!(!push.expect("preferences").stopped);
}

async fn every_id_of_a_customer_speaks_for_them_and_the_latest_word_counts(database: TestDatabase) {
    let scope = database.store.scope(&database.source());
    stop(&scope, "anonymous-7").await;
    address(&database, "ana").await;
    let alias = "INSERT INTO customer_aliases (source, alias_id, customer_id, created_at) \
                 VALUES ('masivo', 'anonymous-7', 'ana', 1)";
    raw::run(&database.store, alias).await;
    for either in ["ana", "anonymous-7"] {
        assert_eq!(wanted(&scope, either).await, [Some(false), Some(false)]);
    }
    database.clock.advance(Duration::from_secs(1));
    choose(&scope, "anonymous-7", true, true).await;
    for either in ["ana", "anonymous-7"] {
        assert_eq!(wanted(&scope, either).await, [Some(true), Some(true)]);
    }
    let sql = "SELECT count(*) FROM preferences WHERE customer_id = 'ana'";
    let under_the_new_id: i64 = raw::value(&database.store, sql).await;
    assert_eq!(under_the_new_id, 3);
}

/// A message for `ana` in the outbox.
async fn sent(database: &TestDatabase) -> Uuid {
    address(database, "ana").await;
    enqueue(&database.store, &[message(database, "ana", 7)]).await;
    claim(&database.store, &CLAIM).await[0].messages[0].id
}

async fn a_message_tells_whom_it_was_for(database: TestDatabase) {
    let message = sent(&database).await;
    let found = database.store.addressee(message).await;
    let found = found.expect("an answer").expect("an addressee");
    assert_eq!(found.scope.source(), &database.source());
    assert_eq!(
        (found.customer_id, found.channel.as_str(), found.kind),
        (id("ana"), MAIL, TierUpgrade)
    );
    let nobody = database.store.addressee(Uuid::nil()).await;
    assert!(nobody.expect("an answer").is_none());
}

async fn a_report_is_recorded_once_and_only_about_a_message_of_the_tenant(database: TestDatabase) {
    let report = MailReport {
        digest: [7; 32],
        message: sent(&database).await,
        kind: ReportKind::Bounce,
        status: Some("5.1.1".to_owned()),
    };
    let other = database.store.scope(&Source::new("other").expect("a name"));
    let scope = database.store.scope(&database.source());
    let unknown = MailReport {
        message: Uuid::nil(),
        ..report.clone()
    };
    assert!(!other.record_report(&report).await.expect("an answer"));
    assert!(!scope.record_report(&unknown).await.expect("an answer"));
    assert!(!scope.has_report(&report.digest).await.expect("an answer"));
    assert!(scope.record_report(&report).await.expect("an answer"));
    assert!(!scope.record_report(&report).await.expect("an answer"));
    assert!(scope.has_report(&report.digest).await.expect("an answer"));
    let sql = "SELECT kind || ' ' || status FROM mail_reports";
    let told: String = raw::value(&database.store, sql).await;
    assert_eq!(told, "bounce 5.1.1");
}
