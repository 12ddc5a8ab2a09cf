//! Purchases in; stamps in the table, the API and the route.

use cafe::{Migrator, Query, Settings, Stamps, regulars};
use laurel_testkit::{FIXTURES, TestApp, TestDatabase, fixture, run};

async fn app() -> TestApp {
    let settings = Settings {
        stamps_for_a_coffee: 1,
    };
    TestApp::builder(TestDatabase::sqlite().await)
        .migrator(Migrator)
        .subscriber(Stamps)
        .query(Query::new(settings))
        .routes("/cafe", regulars)
        .start()
        .await
}

#[test]
fn a_purchase_is_a_stamp_however_often_it_is_told_and_replayed() {
    run(async {
        let app = app().await;
        for (_, body) in FIXTURES {
            app.post(body).await;
        }
        app.post(fixture("03_behavior_event_fulfilled")).await;
        app.settle().await;
        let card = async || {
            let answer = app
                .query(r#"{ stamps(customer: "ana-0042") { stamps coffees } }"#)
                .await;
            answer["data"]["stamps"].to_string()
        };
        assert_eq!(card().await, r#"{"coffees":1,"stamps":1}"#);
        app.replay("cafe_stamps").await;
        app.settle().await;
        assert_eq!(card().await, r#"{"coffees":1,"stamps":1}"#);
    });
}

#[test]
fn the_route_asks_for_a_key() {
    run(async {
        let (status, _) = app().await.get("/cafe/regulars").await;
        assert_eq!(status, 401);
    });
}
