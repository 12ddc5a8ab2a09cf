//! Every mail in a browser, as a phone and a desk show it, light and dark, with images and without.

use std::path::Path;
use std::time::Duration;

use laurel_notify::mail::Brand;
use laurel_testkit::{look, run_for};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::brands::full;
use crate::desk::{composer, occasions, write};

const WIDTHS: [u64; 2] = [320, 600];

/// Every mail in every language, each in one of the looks that a brand may have.
fn mails(folder: &Path) -> Vec<Value> {
    let yellow = Brand {
        name: Some("Club de Fidelidad Panificadora São João Batista".to_owned()),
        color: "#ffcc00".parse().unwrap(),
        account: full().account,
        balance: true,
        ..Brand::default()
    };
    let looks = [
        ("full", composer(full())),
        ("plain", composer(Brand::default())),
        ("yellow", composer(yellow)),
    ];
    let mut mails = Vec::new();
    for language in ["en", "es", "pt", "fr"] {
        for (number, (_, mail)) in occasions().iter().enumerate() {
            let at = mails.len() + mails.len() / occasions().len();
            let (brand, composer) = &looks[at % looks.len()];
            let name = format!("{number}-{brand}");
            let file = folder.join(format!("{name}-{language}.html"));
            std::fs::write(&file, write(composer, mail, language).words.html).unwrap();
            let images = if at.is_multiple_of(2) {
                "shown"
            } else {
                "kept back"
            };
            mails.push(json!({
                "name": name, "language": language, "url": format!("file://{}", file.display()),
                "press": [], "widths": WIDTHS, "images": images,
            }));
        }
    }
    mails
}

/// A name without a space, a tier as long as it may be, and no image.
fn awkward(folder: &Path) -> Value {
    let (long, wide) = ("W".repeat(100), "Oro y Platino ".repeat(8));
    let mail = laurel_notify::mail::TierMail::new(
        laurel_notify::mail::Direction::Upgrade,
        Some(&long),
        Some(&long),
        Some(&wide),
    );
    let file = folder.join("awkward.html");
    let html = write(&composer(full()), &mail, "es").words.html;
    std::fs::write(&file, html).unwrap();
    json!({
        "name": "awkward", "language": "es", "url": format!("file://{}", file.display()),
        "press": [], "widths": WIDTHS, "images": "kept back",
    })
}

async fn judge() {
    let folder = TempDir::new().unwrap();
    let mut looks = mails(folder.path());
    looks.push(awkward(folder.path()));
    let all = look(&json!(looks), "mails").await;
    assert_eq!(all.len(), looks.len() * 2 * WIDTHS.len());
    let (mut shown, mut kept_back) = (0, 0);
    for seen in &all {
        assert_eq!(seen["overflow"], false, "{seen:#}");
        assert!(seen["passes"].as_u64() > Some(10), "{seen:#}");
        let serious = |found: &&Value| {
            ["serious", "critical"]
                .iter()
                .any(|it| found["impact"] == *it)
        };
        let found = seen["violations"].as_array().unwrap();
        assert_eq!(found.iter().find(serious), None, "{seen:#}");
        for image in seen["images"].as_array().unwrap() {
            // Its text stands where it would be, in a box that has room for it.
            assert_eq!(image["alt"], "Café Central Club", "{seen:#}");
            let height = image["height"].as_u64();
            assert!(
                image["width"].as_u64() >= Some(100) && height >= Some(16),
                "{seen:#}"
            );
            let count = if image["there"] == true {
                &mut shown
            } else {
                &mut kept_back
            };
            *count += 1;
        }
    }
    assert!(shown > 0 && kept_back > 0, "{shown} and {kept_back}");
}

#[test]
fn mails_fit_and_can_be_read_on_a_phone_and_a_desk_in_light_and_dark_with_images_and_without() {
    run_for(Duration::from_mins(5), judge());
}
