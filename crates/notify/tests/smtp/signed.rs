//! Signatures, judged by dkimpy on what a relay was given.

use std::path::Path;
use std::process::Stdio;

use laurel_notify::Channel;
use laurel_notify::dkim::{Dkim, DkimKey, Signer};
use laurel_notify::links::by_mail;
use laurel_notify::mail::{
    Brands, Composer, Direction, Draft, Links, Message, TierMail, mail_address,
};
use laurel_payloads::Timestamp;
use laurel_store::Source;
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::judged::{LIMIT, PASSWORD, Server, held, judge};

/// Made for this test by `openssl genpkey`.
const RSA: &str = include_str!("rsa.pem");
/// RFC 8463, appendix A.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
    -----END PRIVATE KEY-----\n";

pub(crate) fn dkim(domain: Option<&str>) -> Dkim {
    let signer = |selector: &str, pem| Signer {
        selector: selector.parse().unwrap(),
        key: DkimKey::from_pem(pem).unwrap(),
    };
    Dkim::new(domain, vec![signer("new", ED25519), signer("old", RSA)])
}

/// What the domain publishes.
pub(crate) fn records(dkim: &Dkim, domain: &str) -> Value {
    let record = |signer: &Signer| {
        let name = signer.selector.record_name(domain);
        (name, json!(signer.key.record()))
    };
    Value::Object(dkim.signers().iter().map(record).collect::<Map<_, _>>())
}

pub(crate) fn message(dkim: Dkim, name: &str, tier: &str) -> Message {
    let mail = TierMail::new(Direction::Upgrade, Some(name), Some("Bronze"), Some(tier));
    let composer = Composer::new("Café Central <club@example.com>", &Brands::default()).unwrap();
    let to = mail_address("ana@example.com").unwrap();
    let now = Timestamp::parse_rfc3339("2026-01-06T15:10:02.331Z").unwrap();
    let source = Source::new("masivo").unwrap();
    let page = |name| {
        Some(format!(
            "https://loyalty.example.com/email/{name}/{}",
            "dG9rZW4".repeat(6)
        ))
    };
    let stop = "stop@example.com".parse().unwrap();
    let draft = Draft {
        links: Links {
            unsubscribe: page("unsubscribe"),
            preferences: page("preferences"),
            unsubscribe_by_mail: Some(by_mail(&stop, &"dG9rZW4".repeat(6))),
        },
        return_id: Some("0123456789abcdef".repeat(3) + "0123"),
        ..Draft::new(Uuid::from_u128(42), &source, &mail, to, now)
    };
    composer.signed(dkim).compose(&draft).unwrap()
}

/// What dkimpy says of the signatures in a mail.
pub(crate) async fn verified(file: &Path, records: &Value) -> Vec<Value> {
    let mut judge = judge("verify_dkim.py")
        .arg(file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut told = judge.stdin.take().unwrap();
    told.write_all(records.to_string().as_bytes())
        .await
        .unwrap();
    drop(told);
    let judged = tokio::time::timeout(LIMIT, judge.wait_with_output());
    let judged = judged.await.unwrap().unwrap();
    assert!(judged.status.success(), "{}", file.display());
    serde_json::from_slice(&judged.stdout).unwrap()
}

#[tokio::test]
async fn both_signatures_of_a_mail_that_arrived_are_valid() {
    let mut server = Server::start("starttls").await;
    let channel = server.channel("smtp", PASSWORD);
    for (name, tier) in [
        ("Ana María Pérez", "Plata ✨"),
        ("  many   spaces \t", ".dots . at the end  "),
        (&"long ".repeat(40), &"名前".repeat(60)),
    ] {
        let dkim = dkim(None);
        let sent = message(dkim.clone(), name, tier);
        channel.deliver(&sent, &held()).await.unwrap();
        let file = server.hear().await["file"].as_str().unwrap().to_owned();
        let signatures = verified(file.as_ref(), &records(&dkim, "example.com")).await;
        for (signature, algorithm) in signatures.iter().zip(["ed25519-sha256", "rsa-sha256"]) {
            assert_eq!(signature["algorithm"], algorithm);
            assert_eq!(signature["domain"], "example.com");
            assert_eq!(signature["valid"], true, "{name:?}: {signature}");
            let covered = signature["headers"].as_array().unwrap();
            let times = |name: &str| covered.iter().filter(|covered| *covered == name).count();
            for name in [
                "to",
                "from",
                "subject",
                "date",
                "content-type",
                "list-unsubscribe",
                "list-unsubscribe-post",
            ] {
                assert_eq!(times(name), 2, "{name}");
            }
            for name in [
                "message-id",
                "mime-version",
                "auto-submitted",
                "feedback-id",
            ] {
                assert_eq!(times(name), 1, "{name}");
            }
        }
        assert_eq!(signatures.len(), 2);
    }
}

#[tokio::test]
async fn a_signature_is_broken_by_what_matters_and_by_no_white_space() {
    let dkim = dkim(Some("club.example"));
    let records = records(&dkim, "club.example");
    let raw = String::from_utf8(message(dkim, "Ana", "Silver").raw).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mail.eml");
    for (from, to, valid) in [
        ("", "", true),
        ("\r\nSubject: ", "\r\nsubject:  \t", true),
        (
            "\r\nSubject: ",
            "\r\nSubject: free money\r\nSubject: ",
            false,
        ),
        ("\r\nFrom: ", "\r\nFrom: other@example.com\r\nFrom: ", false),
        (
            "\r\nMIME-Version",
            "\r\nReply-To: x@example.org\r\nMIME-Version",
            false,
        ),
        (
            "\r\nMIME-Version",
            "\r\nReceived: by relay\r\nMIME-Version",
            true,
        ),
        ("Silver", "Gold", false),
        // Whoever could change these could have readers unsubscribe somewhere else, or nowhere.
        (
            "\r\nList-Unsubscribe: <https://loyalty",
            "\r\nList-Unsubscribe: <https://other",
            false,
        ),
        (
            "\r\nList-Unsubscribe: ",
            "\r\nList-Unsubscribe: <https://other.example/>\r\nList-Unsubscribe: ",
            false,
        ),
        ("subject=unsubscribe%20", "subject=", false),
        (
            "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "",
            false,
        ),
        (
            "\r\nList-Unsubscribe-Post: ",
            "\r\nList-Unsubscribe-Post: no\r\nList-Unsubscribe-Post: ",
            false,
        ),
    ] {
        let changed = raw.replacen(from, to, 1) + "\r\n\r\n";
        std::fs::write(&file, changed).unwrap();
        let signatures = verified(&file, &records).await;
        assert_eq!(signatures.len(), 2);
        for signature in signatures {
            assert_eq!(signature["valid"], valid, "{from:?} as {to:?}: {signature}");
        }
    }
}

#[test]
fn the_wire_holds_ascii_lines_that_every_relay_takes() {
    let name = "💥 Ñandú ".repeat(30);
    let raw = message(dkim(None), &name, &name).raw;
    let lines = raw.split(|byte| *byte == b'\n').collect::<Vec<_>>();
    assert!(raw.is_ascii());
    for line in lines {
        // RFC 5322 §2.1.1: 78 without the line's end, but for a name whose address stands in its line, and a link.
        let is_whole = line.contains(&b'@') || line.starts_with(b"List-Unsubscribe: ");
        let longest = if is_whole { 130 } else { 79 };
        assert!(line.len() <= longest, "{}", String::from_utf8_lossy(line));
    }
}
