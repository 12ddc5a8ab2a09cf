//! A mail from a running server: stopped by its link, and returned.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use crate::place::Place;
use crate::serving::exchange;
use crate::{LIMIT, TOKEN};

/// How often the folder is looked at.
const PAUSE: Duration = Duration::from_millis(20);

async fn post(place: &Place, event: &str, data: serde_json::Value) {
    let headers = format!("Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n");
    let body = json!({ "event": event, "data": data }).to_string();
    let answer = exchange(place.http, "POST /webhooks/masivo", &headers, &body).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// The head of the one mail that is written.
async fn mail(place: &Place) -> String {
    let folder = place.path().join("mail");
    let written = async {
        loop {
            let files = std::fs::read_dir(&folder).into_iter().flatten();
            let mut paths = files.map(|file| file.unwrap().path());
            let whole = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "eml");
            if let Some(path) = paths.find(whole) {
                return std::fs::read_to_string(path).unwrap();
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let mail = timeout(LIMIT, written).await.expect("a mail in time");
    mail.split_once("\r\n\r\n").unwrap().0.to_owned()
}

#[tokio::test]
async fn a_mail_is_stopped_by_its_link_and_its_bounce_suppresses_the_address() {
    let place = Place::new();
    let _server = place.serve().await;
    let ana = json!({
        "id": "ana", "name": "Ana", "email": "ana@example.com", "status": "ACTIVE", "is_anonymous": false,
    });
    post(
        &place,
        "CUSTOMER_REGISTRATION",
        json!({ "customer_id": "ana", "customer": ana }),
    )
    .await;
    let change = json!({ "customer_id": "ana", "from_tier_id": "a", "to_tier_id": "b" });
    post(&place, "TIER_UPGRADE", change).await;
    let head = mail(&place).await;

    // Over plain HTTP no single click is promised (RFC 8058 §3.1); the link is there all the same.
    let base = format!("List-Unsubscribe: <http://127.0.0.1:{}", place.http);
    let (_, rest) = head.split_once(&base).expect("a link");
    let link = rest.split_once('>').unwrap().0;
    assert!(!head.contains("List-Unsubscribe-Post"), "{head}");
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let request = format!("POST {link}");
    let stopped = exchange(place.http, &request, form, "List-Unsubscribe=One-Click").await;
    assert!(stopped.starts_with("HTTP/1.1 200"), "{stopped}");
    assert!(stopped.contains("You are unsubscribed"), "{stopped}");

    let report = |head: &str| {
        format!(
            "From MAILER-DAEMON Tue Jan  6 15:00:00 2026\n\
             To: club@example.com\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mx.example.net\n\n\
             Final-Recipient: rfc822; ana@example.com\nAction: failed\nStatus: 5.1.1\n\n\
             --b\nContent-Type: message/rfc822\n\n{head}\n\n--b--\n\n"
        )
    };
    let forged = head.replace("X-Laurel-Return: ", "X-Laurel-Return: 0");
    let mbox = format!("{}{}", report(&forged), report(&head.replace("\r\n", "\n")));
    std::fs::write(place.path().join("returned"), mbox).unwrap();
    let import = ["email", "bounces", "import", "returned"];
    let said = place.answer(&import).await;
    assert_eq!(
        said,
        "       2  messages read\n\
         \x20      1  hard bounces: the address is suppressed\n\
         \x20      1  ignored: not about a mail of ours, or forged\n"
    );
    let again = place.answer(&import).await;
    assert!(again.contains("       1  taken in before\n"), "{again}");
    let (code, said) = place
        .refusal(&["email", "bounces", "import", "laurel.toml"])
        .await;
    assert_eq!(
        (code, said.as_str()),
        (
            2,
            "laurel: laurel.toml: no mbox: it does not begin with `From `\n"
        )
    );
}
