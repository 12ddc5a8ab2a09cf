//! How a page is said: its language, and the headers that keep it private.

use laurel_notify::language::locale;
use laurel_notify::links::MailKeys;
use laurel_notify::mail::{Brand, Brands};
use laurel_testkit::{TestDatabase, both_databases};
use serde_json::json;
use uuid::Uuid;

use crate::house::{Answer, House, ONE_CLICK};

both_databases!(
    a_page_speaks_the_language_of_the_mail_whatever_the_browser_asks_for,
    a_page_looks_like_the_mails_of_its_source,
    a_page_speaks_the_language_that_is_asked_for,
    every_answer_is_kept_by_nobody_framed_by_nobody_and_loads_nothing,
    a_mail_names_its_link_and_promises_one_click,
);

async fn a_page_speaks_the_language_of_the_mail_whatever_the_browser_asks_for(
    database: TestDatabase,
) {
    let common = Brand {
        locale: locale("fr-CA").unwrap(),
        ..Brand::default()
    };
    let brands = Brands {
        common,
        ..Brands::default()
    };
    let house = House::of(database, brands).await;
    for (number, (profile, asked, language)) in [
        (json!({ "tags": { "locale": "pt_BR" } }), "es", "pt"),
        (json!({ "country": "CO" }), "fr", "es"),
        (json!({ "metadata": { "locale": "en-GB" } }), "es", "en"),
        // No language of ours, or none at all: the browser's, then the brand's.
        (json!({ "tags": { "locale": "de" } }), "es", "es"),
        (json!({ "tags": { "locale": "de" } }), "ja", "fr"),
        (json!({}), "es", "es"),
        (json!({}), "", "fr"),
    ]
    .into_iter()
    .enumerate()
    {
        let customer = format!("customer-{number}");
        house.register_with(&customer, &profile).await;
        assert_eq!(house.change_of(&customer, "TIER_UPGRADE").await, "SENT");
        for page in [house.link(), house.choice()] {
            let answer = house.get_in(&page, asked).await;
            assert_eq!(answer.header("content-language"), language, "{profile}");
        }
        let wrong = house.post(&house.link(), "nonsense").await;
        let own = profile != json!({}) && profile["tags"]["locale"] != "de";
        let expected = if own { language } else { "fr" };
        assert_eq!(wrong.header("content-language"), expected, "{profile}");
    }
}

async fn a_page_looks_like_the_mails_of_its_source(database: TestDatabase) {
    let brand = |name: &str, color: &str| Brand {
        name: Some(name.to_owned()),
        color: color.parse().unwrap(),
        ..Brand::default()
    };
    let brands = Brands {
        common: brand("Café <Central>", "#b3261e"),
        of_source: [(database.source(), brand("Tienda & Co", "#ffcc00"))].into(),
    };
    let house = House::of(database, brands).await;
    let link = house.mailed().await;
    let missing = house.get("/email/unsubscribe/forged").await;
    for page in [
        house.get(&link).await,
        house.get(&house.choice()).await,
        house.post(&link, ONE_CLICK).await,
    ] {
        assert!(page.body.contains("Tienda &amp; Co"), "{}", page.body);
        assert!(page.body.contains("--button: #ffcc00"), "{}", page.body);
        assert!(!page.body.contains("Central"), "{}", page.body);
        private(&page);
        // The policy names the sheet of this very look.
        let policy = |answer: &Answer| answer.header("content-security-policy").to_owned();
        assert_ne!(policy(&page), policy(&missing));
    }
    for told in ["Tienda", "Central", "#ffcc00", "#b3261e"] {
        assert!(!missing.body.contains(told), "{told}");
    }
    let nobody = MailKeys::of(&house.app.database.store).await.unwrap();
    let looked_at = format!("/email/unsubscribe/{}", nobody.link(Uuid::nil()));
    let page = house.get(&looked_at).await;
    assert!(page.body.contains("Café &lt;Central&gt;"), "{}", page.body);
}

async fn a_page_speaks_the_language_that_is_asked_for(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    for (languages, language, heading) in [
        ("", "en", "Stop these e-mails?"),
        ("de,ja;q=0.5", "en", "Stop these e-mails?"),
        ("es-CO,es;q=0.9", "es", "¿Dejar de recibir estos correos?"),
        ("pt-BR", "pt", "Parar de receber estes e-mails?"),
        ("de, fr;q=0.4", "fr", "Ne plus recevoir ces e-mails ?"),
    ] {
        let answer = house.get_in(&link, languages).await;
        assert_eq!(answer.heading(), heading);
        assert_eq!(answer.header("content-language"), language);
        assert!(answer.body.contains(&format!("<html lang=\"{language}\"")));
        assert!(answer.body.contains("Café Central"));
    }
}

async fn every_answer_is_kept_by_nobody_framed_by_nobody_and_loads_nothing(database: TestDatabase) {
    let house = House::new(database).await;
    let link = house.mailed().await;
    let answers = [
        house.get(&link).await,
        house.get(&house.choice()).await,
        house.get("/email/unsubscribe/forged").await,
        house.post(&link, "nonsense").await,
        house.post(&link, ONE_CLICK).await,
    ];
    for answer in &answers {
        private(answer);
        for outside in [
            "http://", "https://", "src=", "url(", "@import", "<script", "<link", "onload",
        ] {
            assert!(!answer.body.contains(outside), "{outside}: {}", answer.body);
        }
        assert!(!answer.body.contains("ana"), "{}", answer.body);
    }
}

fn private(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    let policy = answer.header("content-security-policy");
    for rule in [
        "default-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!answer.headers.contains_key("set-cookie"));
}

async fn a_mail_names_its_link_and_promises_one_click(database: TestDatabase) {
    let house = House::new(database).await;
    house.mailed().await;
    let mail = house.app.mailbox.messages().pop().unwrap();
    let raw = String::from_utf8(mail.raw).unwrap();
    let (head, _) = raw.split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nX-Laurel-Return: "), "{head}");
    assert!(!head.contains("ana@example.com>\r\nList"), "{head}");
    assert!(head.lines().all(|line| line.len() <= 998));
}
