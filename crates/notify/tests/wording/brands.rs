//! How mails of different brands look.

use std::collections::BTreeMap;

use laurel_notify::mail::{Brand, Brands, Composer, Draft, Logo, mail_address};
use laurel_store::Source;
use uuid::Uuid;

use crate::desk::{composer, now, occasions, write};

pub(crate) fn full() -> Brand {
    Brand {
        name: Some("Café Central Club".to_owned()),
        color: "#b3261e".parse().unwrap(),
        logo: Some(Logo {
            url: "https://cdn.example.com/logo.png".to_owned(),
            width: 140,
        }),
        website: Some("https://cafe.example.com/?a=1&b=2".to_owned()),
        account: Some("https://cafe.example.com/account".to_owned()),
        support: Some("mailto:help@cafe.example.com".to_owned()),
        address: Some("Café Central S.A.S.\nCalle 10 # 5-51, Bogotá".to_owned()),
        ..Brand::default()
    }
}

#[test]
fn everything_that_a_brand_has_is_in_the_mail() {
    let composer = composer(full());
    let (_, mail) = occasions().remove(1);
    let message = write(&composer, &mail, "es-CO");
    insta::assert_snapshot!("brand.html", message.words.html);
    insta::assert_snapshot!("brand.txt", message.words.text);
    let raw = String::from_utf8(message.raw).unwrap();
    assert!(
        raw.contains("From: =?utf-8?b?Q2Fmw6kgQ2VudHJhbCBDbHVi?= <club@example.com>"),
        "{raw}"
    );
}

#[test]
fn each_source_has_its_own_brand() {
    let (red, other) = (Source::new("red").unwrap(), Source::new("other").unwrap());
    let of_source = BTreeMap::from([(red.clone(), full())]);
    let brands = Brands {
        of_source,
        ..Brands::default()
    };
    let composer = Composer::new("Café Central <club@example.com>", &brands).unwrap();
    assert_eq!(composer.programme(&red), "Café Central Club");
    assert_eq!(composer.programme(&other), "Café Central");
    let (_, mail) = occasions().remove(0);
    let to = mail_address("ana@example.com").unwrap();
    let html = |source| {
        let draft = Draft::new(Uuid::nil(), source, &mail, to.clone(), now());
        composer.compose(&draft).unwrap().words.html
    };
    assert!(html(&red).contains("#b3261e") && !html(&other).contains("#b3261e"));
}

#[test]
fn e5_markup_in_data_is_text_and_links_are_the_configurations_alone() {
    let composer = composer(full());
    let evil = "\"><script>alert(1)</script><a href=\"javascript:x\"></title>";
    let mail = laurel_notify::mail::TierMail::new(
        laurel_notify::mail::Direction::Upgrade,
        Some(evil),
        Some(evil),
        Some(evil),
    )
    .balance(laurel_notify::mail::Balance {
        as_of: now(),
        rewards: vec![(evil.to_owned(), "3".parse().unwrap())],
    });
    for language in ["en", "es", "pt", "fr"] {
        let html = write(&composer, &mail, language).words.html;
        let hrefs: Vec<_> = html
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert!(!hrefs.is_empty());
        for href in hrefs {
            let ours = href.contains("cafe.example.com") || href.contains("loyalty.example.com");
            assert!(ours && !href.contains("javascript"), "{href}");
        }
        assert!(!html.contains("<script") && html.matches("</title>").count() == 1);
    }
}
