//! Which tokens open a page, and which do not.

use laurel_notify::links::{Linker, MailKeys};
use laurel_notify::mail::Brands;
use laurel_notify::pages::{PageSettings, Pages};
use laurel_store::{Preferences, Purpose};
use laurel_testkit::{TestDatabase, both_databases};
use uuid::Uuid;

use crate::house::{Answer, House, ONE_CLICK};

both_databases!(
    e22_a_token_that_is_forged_cut_or_of_nothing_is_one_and_the_same_page,
    a_link_opens_after_its_key_was_replaced,
    a_link_of_an_id_that_became_another_speaks_for_the_customer,
    the_link_of_an_erased_customer_looks_like_any_and_keeps_nothing,
    the_link_of_a_mail_that_was_only_looked_at_opens_and_changes_nothing,
);

async fn e22_a_token_that_is_forged_cut_or_of_nothing_is_one_and_the_same_page(
    database: TestDatabase,
) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    let keys = MailKeys::of(&house.app.database.store).await.unwrap();
    let of_nothing = Uuid::from_u128(7);
    let (folder, token) = link.rsplit_once('/').unwrap();
    let another = if token.starts_with('A') { "B" } else { "A" };
    let missing = house.get("/email/unsubscribe/x").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.heading(), "This link does not work");
    for token in [
        "",
        &token[..token.len() - 1],
        &format!("{another}{}", &token[1..]),
        &format!("{token}A"),
        &format!("{token}%20"),
        &keys.link(of_nothing),
        &keys.return_id(of_nothing),
        "%FF%00",
        "..%2f..%2fetc",
        &"A".repeat(5_000),
    ] {
        for folder in [folder, "/email/preferences"] {
            let path = format!("{folder}/{token}");
            assert_eq!(house.get(&path).await, missing, "{path}");
            assert_eq!(house.post(&path, ONE_CLICK).await, missing, "{path}");
        }
    }
    assert!(!missing.body.contains("Café Central"));
    assert_eq!(house.change("TIER_UPGRADE").await, "SENT");
}

async fn a_link_opens_after_its_key_was_replaced(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    let store = &house.app.database.store;
    store.rotate_signing_key(Purpose::MailLinks).await.unwrap();
    let settings = PageSettings {
        programme: "Club".to_owned(),
        brands: Brands::default(),
        kinds: Vec::new(),
    };
    // As a server does that was started since.
    let pages = Pages::open(store, settings).await.unwrap().router();
    let house = House { pages, ..house };
    assert_eq!(house.get(&link).await.status, 200);
    let after = MailKeys::of(&house.app.database.store).await.unwrap();
    let message = house.app.mailbox.messages()[0].id;
    let links = Linker::new("https://laurel.test", after).links(message);
    let newer = links
        .unsubscribe
        .unwrap()
        .replace("https://laurel.test", "");
    assert_ne!(newer, link);
    assert_eq!(house.get(&newer).await.status, 200);
}

async fn a_link_of_an_id_that_became_another_speaks_for_the_customer(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    house.register("ana-2").await;
    let alias = "INSERT INTO customer_aliases (source, alias_id, customer_id, created_at) \
                 VALUES ('masivo', 'ana', 'ana-2', 1)";
    house.app.database.execute(alias).await;
    house.post(&link, ONE_CLICK).await;
    assert_eq!(
        house.change_of("ana-2", "TIER_UPGRADE").await,
        "SKIPPED: unwanted"
    );
    assert_eq!(
        house.change_of("ana", "TIER_UPGRADE").await,
        "SKIPPED: unwanted"
    );
}

async fn the_link_of_an_erased_customer_looks_like_any_and_keeps_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    house.register("ben").await;
    assert_eq!(house.change_of("ben", "TIER_UPGRADE").await, "SENT");
    let (of_ben, choice_of_ben) = (house.link(), house.choice());
    let of_ana = house.mailed().await;
    let choice_of_ana = house.choice();
    let database = &house.app.database;
    let scope = database.store.scope(&database.source());
    let ana = "ana".parse().unwrap();
    assert!(scope.erase(&ana).await.unwrap().is_some());
    // Each token stands in its own page.
    let as_if_of_ben = |answer: Answer| {
        let (ana, ben) = (token(&of_ana), token(&of_ben));
        (answer.status, answer.body.replace(ana, ben))
    };
    for (ana, ben, form) in [
        (&of_ana, &of_ben, "action=stop"),
        (&of_ana, &of_ben, "action=resume"),
        (&choice_of_ana, &choice_of_ben, "kind=upgrade&action=choose"),
        (&choice_of_ana, &choice_of_ben, "action=choose"),
        (&of_ana, &of_ben, ONE_CLICK),
    ] {
        let (erased, usual) = (house.post(ana, form).await, house.post(ben, form).await);
        assert_eq!(as_if_of_ben(erased), (usual.status, usual.body), "{form}");
    }
    assert_eq!(house.get(&of_ana).await.status, 200);
    let said = scope.preferences(&ana, "mail").await.unwrap();
    assert_eq!(said, Preferences::default());
    let ben = scope.preferences(&"ben".parse().unwrap(), "mail").await;
    assert!(ben.unwrap().stopped);
}

fn token(link: &str) -> &str {
    link.rsplit_once('/').unwrap().1
}

async fn the_link_of_a_mail_that_was_only_looked_at_opens_and_changes_nothing(
    database: TestDatabase,
) {
    let house = House::new(database).await;
    let keys = MailKeys::of(&house.app.database.store).await.unwrap();
    let link = format!("/email/unsubscribe/{}", keys.link(Uuid::nil()));
    assert_eq!(house.get(&link).await.heading(), "Stop these e-mails?");
    let answer = house.post(&link, ONE_CLICK).await;
    assert_eq!(
        (answer.status.as_u16(), answer.heading()),
        (200, "You are unsubscribed")
    );
    assert_eq!(house.change("TIER_UPGRADE").await, "SENT");
}
