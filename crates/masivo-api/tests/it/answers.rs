//! The documented answers, read as what they are.

use std::sync::Arc;

use laurel_masivo_api::wire::TransactionType;
use laurel_testkit::{FixedClock, run};
use serde_json::json;

use crate::mock::{Fault, Mock};

#[test]
fn a_customer_is_told_with_profile_wallet_and_internal_id() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "127.6");
        let client = mock.client(Arc::new(FixedClock::default()));
        let known = client.customer(&"ana".parse().expect("an id")).await;
        let known = known.expect("an answer").expect("Ana");
        let profile = known.customer.expect("a profile");
        assert_eq!(profile.email.as_deref(), Some("ana@example.com"));
        let wallet = known.wallet.expect("a wallet");
        assert_eq!(
            wallet.totals[0].total.expect("a total").to_string(),
            "127.6"
        );
        assert_eq!(known.owner_id.as_deref(), Some("internal-ana"));

        let nobody = client.customer(&"nobody".parse().expect("an id")).await;
        assert!(nobody.expect("an answer").is_none());
    });
}

#[test]
fn a_brands_own_id_is_one_segment_of_the_path_whatever_it_holds() {
    run(async {
        let mock = Mock::start().await;
        let client = mock.client(Arc::new(FixedClock::default()));
        for id in ["a/b", "..", "a?year=1", "#é 100%", "ana@example.com"] {
            mock.add_customer(id, "1");
            let known = client.customer(&id.parse().expect("an id")).await;
            let profile = known.expect("an answer").expect(id).customer;
            assert_eq!(profile.expect("a profile").id.expect("an id").as_str(), id);
        }
    });
}

#[test]
fn transactions_are_told_by_year_and_each_is_read_for_itself() {
    run(async {
        let mock = Mock::start().await;
        mock.add_customer("ana", "1");
        let booked = vec![
            json!({ "id": "t-1", "type": "EXPIRATION", "reward_id": "points", "amount": 0.3,
                "brand_id": "", "created_at": "2025-12-31T23:59:59.000Z", "issued_at": "yesterday" }),
            json!({ "id": 7, "type": "BONUS", "reward_id": null, "amount": null }),
            json!({ "id": "t-3", "type": "MIGRATION", "amount": 1e30 }),
            json!({ "id": "t-4" }),
        ];
        mock.book("ana", 2025, booked);
        let client = mock.client(Arc::new(FixedClock::default()));
        let ana = "ana".parse().expect("an id");
        let told = client
            .transactions(&ana, Some(2025))
            .await
            .expect("an answer");
        assert_eq!((told.read.len(), told.unreadable), (2, 2));
        let [expiry, bonus] = told.read.as_slice() else {
            panic!("two");
        };
        assert_eq!(expiry.kind, TransactionType::Expiration);
        assert_eq!(expiry.amount.expect("an amount").to_string(), "0.3");
        let at = expiry.happened_at().expect("a time").to_string();
        assert_eq!(at, "2025-12-31T23:59:59Z");
        assert!(expiry.issued_at.is_none() && expiry.brand_id.is_none());
        assert_eq!(bonus.kind.as_str(), "BONUS");

        let empty = client
            .transactions(&ana, Some(2019))
            .await
            .expect("an answer");
        assert!(empty.read.is_empty());
        let nobody = "nobody".parse().expect("an id");
        let none = client.transactions(&nobody, None).await.expect("an answer");
        assert_eq!(none, laurel_masivo_api::wire::Transactions::default());
        assert_eq!(
            mock.asked(),
            [
                "/customers/ana/transactions?year=2025",
                "/customers/ana/transactions?year=2019",
                "/customers/nobody/transactions"
            ]
        );
    });
}

#[test]
fn rewards_are_read_page_after_page_and_tiers_at_once() {
    run(async {
        let mock = Mock::start().await;
        mock.state().rewards = (0..250)
            .map(
                |number| json!({ "id": format!("r-{number}"), "name": format!("Reward {number}") }),
            )
            .collect();
        let client = mock.client(Arc::new(FixedClock::default()));
        let rewards = client.rewards().await.expect("an answer");
        assert_eq!(rewards.len(), 250);
        assert_eq!(rewards[249].name.as_deref(), Some("Reward 249"));
        assert_eq!(
            mock.asked(),
            [
                "/rewards?from=0&to=99",
                "/rewards?from=100&to=199",
                "/rewards?from=200&to=299"
            ]
        );
        let tiers = client.tiers().await.expect("an answer");
        assert_eq!(tiers[0].level, Some(1.5));
    });
}

#[test]
fn an_answer_of_another_shape_is_told_by_its_place_and_never_quoted() {
    run(async {
        let mock = Mock::start().await;
        let client = mock.client(Arc::new(FixedClock::default()));
        let ana = "ana".parse().expect("an id");
        for text in [
            "",
            "<html>s3cret</html>",
            r#"{"data":{"customer":{"name":"s3cret","email":7}}}"#,
            r#"{"customer":"s3cret"}"#,
            r#"{"data":"s3cret"}"#,
        ] {
            mock.fail([Fault::Body(text.to_owned())]);
            let failed = client.customer(&ana).await.expect_err(text).to_string();
            assert!(failed.contains("line 1") || text.is_empty(), "{failed}");
            assert!(!failed.contains("s3cret"), "{failed}");
        }
        assert_eq!(mock.asked().len(), 5, "the same answer would come again");
    });
}
