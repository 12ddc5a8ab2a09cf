//! The main job on the sample story: webhooks come in, the history answers, the mail goes out.

use std::collections::HashSet;
use std::time::Duration;

use laurel_testkit::{FIXTURES, TestApp, TestDatabase, both_databases};
use serde_json::{Value, json};

const STORY: &str = r#"{
    customer(id: "ana-0042") {
        name
        tier { tier { name } previousTier { name } }
        wallet { balances { reward { name } total reserved } }
        history(first: 100) { totalCount nodes { kind } }
        tierChanges { nodes { direction from { name } to { name } triggeredBy } }
    }
}"#;

/// Posts every sample payload, and returns the answers' bodies.
async fn post_all(app: &TestApp) -> Vec<Value> {
    let mut answers = Vec::new();
    for (name, body) in FIXTURES {
        let (status, answer) = app.post(body).await;
        assert_eq!(status, 200, "{name}");
        answers.push(answer);
        // Events of the story do not all happen at once.
        app.database.clock.advance(Duration::from_millis(1));
    }
    answers
}

async fn posted_twice_every_event_is_there_once(database: TestDatabase) {
    let app = TestApp::new(database).await;
    let first = post_all(&app).await;
    assert!(
        first.iter().all(|answer| answer["status"] == "accepted"),
        "{first:?}"
    );
    let again = post_all(&app).await;
    assert!(
        again.iter().all(|answer| answer["status"] == "duplicate"),
        "{again:?}"
    );
    let ids = |answers: &[Value]| -> Vec<String> {
        answers
            .iter()
            .map(|answer| answer["id"].to_string())
            .collect()
    };
    assert_eq!(ids(&first), ids(&again));
    assert_eq!(ids(&first).iter().collect::<HashSet<_>>().len(), 14);

    app.settle().await;
    let answer = app.query(STORY).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let ana = &answer["data"]["customer"];
    // The key may operate: it sees the unrecognized event, too.
    assert_eq!(ana["history"]["totalCount"], 14);
    assert_eq!(
        ana["wallet"]["balances"],
        json!([{ "reward": { "name": "Points" }, "total": "100", "reserved": "0" }])
    );
    assert_eq!(
        ana["tier"],
        json!({ "tier": { "name": "Bronze" }, "previousTier": { "name": "Silver" } })
    );
    let steps: Vec<String> = ana["tierChanges"]["nodes"]
        .as_array()
        .expect("tier changes")
        .iter()
        .map(|change| {
            format!(
                "{} {} {}",
                change["direction"], change["from"]["name"], change["to"]["name"]
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            r#""DOWNGRADE" "Silver" "Bronze""#,
            r#""DOWNGRADE" "Gold" "Silver""#,
            r#""UPGRADE" "Silver" "Gold""#,
            r#""UPGRADE" "Bronze" "Silver""#,
        ]
    );
}

async fn without_a_settle_window_each_tier_change_has_its_mail(database: TestDatabase) {
    let app = TestApp::with(database, Duration::ZERO, Vec::new()).await;
    post_all(&app).await;
    app.settle().await;
    let mails = app.mailbox.messages();
    let subjects: Vec<&str> = mails
        .iter()
        .map(|mail| mail.words.subject.as_str())
        .collect();
    assert_eq!(subjects.len(), 4, "{subjects:?}");
    for (subject, tier) in subjects.iter().zip(["Silver", "Gold", "Silver", "Bronze"]) {
        assert!(subject.contains(tier), "{subjects:?}");
    }
    assert!(
        mails
            .iter()
            .all(|mail| mail.recipient.to_string() == "ana.gomez@example.com")
    );
    let ids: HashSet<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(ids.len(), 4);
}

async fn within_the_settle_window_there_is_no_net_change_and_no_mail(database: TestDatabase) {
    let app = TestApp::new(database).await;
    post_all(&app).await;
    app.settle().await;
    assert!(app.mailbox.messages().is_empty(), "nothing is due yet");
    app.database.clock.advance(Duration::from_secs(61));
    app.settle().await;
    assert!(app.mailbox.messages().is_empty(), "from Bronze to Bronze");
    assert_eq!(
        app.database
            .store
            .outbox_pending(laurel_notify::MAIL)
            .await
            .expect("a count"),
        0
    );
}

async fn a_replay_rebuilds_the_same_rows_and_mails_nobody(database: TestDatabase) {
    let app = TestApp::with(database, Duration::ZERO, Vec::new()).await;
    post_all(&app).await;
    app.settle().await;
    let rows = app.database.read_models().await;
    for subscriber in ["history", "mail"] {
        app.replay(subscriber).await;
        app.settle().await;
        assert_eq!(
            app.database.read_models().await,
            rows,
            "after a replay of {subscriber}"
        );
    }
    assert_eq!(app.mailbox.messages().len(), 4);
}

both_databases!(
    posted_twice_every_event_is_there_once,
    without_a_settle_window_each_tier_change_has_its_mail,
    within_the_settle_window_there_is_no_net_change_and_no_mail,
    a_replay_rebuilds_the_same_rows_and_mails_nobody,
);
