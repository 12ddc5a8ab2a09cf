//! Judged by others: a mail taken by aiosmtpd and read by Python's `email` package.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use laurel_notify::mail::{Brands, Composer, Direction, Draft, Message, TierMail, mail_address};
use laurel_notify::smtp::SmtpSettings;
use laurel_notify::{Channel, Failure, Hold, SmtpChannel};
use laurel_payloads::Timestamp;
use laurel_store::Source;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::Instant;
use uuid::Uuid;

use crate::authority::Authority;

pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// aiosmtpd on a free port, and what it says of itself.
pub(crate) struct Server {
    port: u16,
    authority: Authority,
    said: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
    _process: Child,
}

impl Server {
    pub(crate) async fn start(mode: &str) -> Self {
        let authority = Authority::new();
        let (certificate, key) = authority.files("localhost");
        let folder = tempfile::tempdir().unwrap();
        let mut process = judge("smtp_server.py")
            .arg(mode)
            .args([folder.path(), &certificate, &key])
            .args(["club@example.com", "p@ss:word/é"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut server = Self {
            port: 0,
            authority,
            said,
            _folder: folder,
            _process: process,
        };
        let port = server.hear().await["port"].as_u64().unwrap();
        server.port = u16::try_from(port).unwrap();
        server
    }

    /// The next thing that the server says: its port, then an envelope for each mail.
    pub(crate) async fn hear(&mut self) -> Value {
        let line = tokio::time::timeout(LIMIT, self.said.next_line())
            .await
            .unwrap()
            .unwrap();
        serde_json::from_str(&line.unwrap()).unwrap()
    }

    pub(crate) fn channel(&self, scheme: &str, password: &str) -> SmtpChannel {
        let url = format!(
            "{scheme}://club%40example.com:{password}@localhost:{}",
            self.port
        );
        let settings = SmtpSettings {
            ca_file: Some(self.authority.file()),
            ..SmtpSettings::new(url.parse().unwrap())
        };
        SmtpChannel::new(settings).unwrap()
    }
}

/// What Python reads in a mail.
pub(crate) async fn read(file: &Value) -> Value {
    let reading = judge("read_mail.py").arg(file.as_str().unwrap()).output();
    let read = tokio::time::timeout(LIMIT, reading).await.unwrap().unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    serde_json::from_slice(&read.stdout).unwrap()
}

/// The folder of the judges.
pub(crate) fn judges() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../xtask/judges")
}

/// A judge under the interpreter that has the judges' packages.
pub(crate) fn judge(script: &str) -> Command {
    let python = std::env::var("LAUREL_TEST_PYTHON")
        .expect("LAUREL_TEST_PYTHON is not set: run cargo xtask test");
    let mut command = Command::new(python);
    command.arg(judges().join(script)).kill_on_drop(true);
    command
}

pub(crate) const PASSWORD: &str = "p%40ss%3Aword%2F%C3%A9";

pub(crate) fn message(name: &str, tier: &str) -> Message {
    let mail = TierMail::new(Direction::Upgrade, Some(name), Some("Bronze"), Some(tier));
    let composer = Composer::new("Café Central <club@example.com>", &Brands::default()).unwrap();
    let now = Timestamp::parse_rfc3339("2026-01-06T15:10:02.331Z").unwrap();
    composer
        .compose(&Draft::new(
            Uuid::from_u128(42),
            &Source::new("masivo").unwrap(),
            &mail,
            mail_address("ana@example.com").unwrap(),
            now,
        ))
        .unwrap()
}

pub(crate) fn held() -> Hold {
    Hold::until(Instant::now() + LIMIT)
}

#[tokio::test]
async fn a_mail_arrives_over_starttls_and_over_implicit_tls_and_reads_as_it_was_meant() {
    for (mode, scheme) in [("starttls", "smtp"), ("tls", "smtps")] {
        let mut server = Server::start(mode).await;
        let sent = message("Ana María Pérez", "Plata ✨");
        let delivery = server
            .channel(scheme, PASSWORD)
            .deliver(&sent, &held())
            .await
            .unwrap();
        assert_eq!(
            (delivery.code, delivery.text.as_str()),
            (Some(250), "kept as 0001.eml")
        );
        let envelope = server.hear().await;
        for (field, expected) in [
            ("from", json!("club@example.com")),
            ("to", json!(["ana@example.com"])),
            ("encrypted", json!(true)),
            ("user", json!("club@example.com")),
        ] {
            assert_eq!(envelope[field], expected, "{mode}: {field}");
        }
        let mail = read(&envelope["file"]).await;
        for (field, expected) in [
            ("subject", json!("You are now Plata ✨")),
            (
                "from",
                json!([{ "name": "Café Central", "address": "club@example.com" }]),
            ),
            (
                "to",
                json!([{ "name": "Ana María Pérez", "address": "ana@example.com" }]),
            ),
            ("type", json!("multipart/alternative")),
            ("defects", json!([])),
            ("bare_line_ends", json!(0)),
        ] {
            assert_eq!(mail[field], expected, "{mode}: {field}");
        }
        assert_eq!(names(&mail), PLANNED, "{mode}");
        assert_eq!(
            header(&mail, "Message-ID"),
            "<00000000-0000-0000-0000-00000000002a@example.com>"
        );
        assert_eq!(
            header(&mail, "X-Laurel-Message"),
            "00000000-0000-0000-0000-00000000002a"
        );
        assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
        let feedback = "tier-upgrade:masivo:tiers:laurel";
        assert_eq!(header(&mail, "Feedback-ID"), feedback);
        assert_eq!(header(&mail, "Date"), "Tue, 06 Jan 2026 15:10:02 +0000");
        assert!(
            mail["longest_line"].as_u64().unwrap() <= 78,
            "{}",
            mail["longest_line"]
        );
        assert_part(&mail["parts"][0], "text/plain", &sent.words.text);
        assert_part(&mail["parts"][1], "text/html", &sent.words.html);
        assert_eq!(mail["parts"].as_array().unwrap().len(), 2);
    }
}

const PLANNED: [&str; 10] = [
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "X-Laurel-Message",
    "Auto-Submitted",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
];

fn names(mail: &Value) -> Vec<&str> {
    mail["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| header[0].as_str().unwrap())
        .collect()
}

fn header<'a>(mail: &'a Value, name: &str) -> &'a str {
    let headers = mail["headers"].as_array().unwrap();
    headers.iter().find(|header| header[0] == name).unwrap()[1]
        .as_str()
        .unwrap()
}

/// Lines end in CRLF on the way; the last of them belongs to the boundary, so ends are compared without it.
fn assert_part(part: &Value, kind: &str, text: &str) {
    assert_eq!(
        (&part["type"], &part["charset"]),
        (&json!(kind), &json!("utf-8"))
    );
    assert_eq!(
        part["text"]
            .as_str()
            .unwrap()
            .replace("\r\n", "\n")
            .trim_end(),
        text.trim_end()
    );
}

#[tokio::test]
async fn a_hostile_name_adds_neither_header_nor_recipient_nor_part() {
    let mut server = Server::start("starttls").await;
    let channel = server.channel("smtp", PASSWORD);
    for name in [
        "A\r\nBcc: x@y.example",
        "A\"\r\n\r\n.\r\nMAIL FROM:<x@y.example>",
        "\" <x@y.example>, \"",
        "=?utf-8?q?=0D=0ABcc:_x=40y.example?=",
        "--laurel-0000000000000000000000000000002a",
        "💥\u{2028}\u{0}\u{7f}<script>",
    ] {
        channel
            .deliver(&message(name, name), &held())
            .await
            .unwrap();
        let envelope = server.hear().await;
        assert_eq!(envelope["to"], json!(["ana@example.com"]), "{name:?}");
        let mail = read(&envelope["file"]).await;
        assert_eq!(names(&mail), PLANNED, "{name:?}");
        let to = mail["to"].as_array().unwrap();
        assert_eq!(
            (to.len(), &to[0]["address"]),
            (1, &json!("ana@example.com")),
            "{name:?}"
        );
        assert_eq!(
            (&mail["defects"], &mail["bare_line_ends"]),
            (&json!([]), &json!(0)),
            "{name:?}"
        );
        assert_eq!(mail["parts"].as_array().unwrap().len(), 2, "{name:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_pauses_the_sender() {
    let server = Server::start("starttls").await;
    let outcome = server
        .channel("smtp", "wrong")
        .deliver(&message("Ana", "Silver"), &held())
        .await;
    let Err(Failure::Paused(refusal)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(refusal.code, Some(535));
}
