//! How a page is said: its language, and the headers that keep it private.

use laurel_testkit::{TestDatabase, both_databases};

use crate::house::{Answer, House, ONE_CLICK};

both_databases!(
    a_page_speaks_the_language_that_is_asked_for,
    every_answer_is_kept_by_nobody_framed_by_nobody_and_loads_nothing,
    a_mail_names_its_link_and_promises_one_click,
);

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
