//! Judged by a real MTA: Postfix takes our mail over STARTTLS after AUTH and delivers it; mailparser and Python's `email`
//! read what arrived, and dkimpy verifies it.

use std::process::Stdio;
use std::time::Duration;

use laurel_notify::smtp::SmtpSettings;
use laurel_notify::{Channel, Failure, SmtpChannel};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::authority::Authority;
use crate::judged::{PASSWORD, held, judge, judges, read};
use crate::signed::{dkim, message, records, verified};

/// It has several processes to start.
const LIMIT: Duration = Duration::from_mins(1);

struct Postfix {
    port: u64,
    authority: Authority,
    said: Lines<BufReader<ChildStdout>>,
    _folder: TempDir,
    _process: Child,
}

impl Postfix {
    async fn start() -> Self {
        let root = std::env::var("LAUREL_TEST_POSTFIX")
            .expect("LAUREL_TEST_POSTFIX is not set: run cargo xtask test");
        let authority = Authority::new();
        let (certificate, key) = authority.files("localhost");
        let folder = tempfile::tempdir().unwrap();
        let mut process = judge("postfix_server.py")
            .arg(root)
            .args([folder.path(), &certificate, &key])
            .args(["club@example.com", "p@ss:word/é"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(false)
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut postfix = Self {
            port: 0,
            authority,
            said,
            _folder: folder,
            _process: process,
        };
        postfix.port = postfix.hear().await["port"].as_u64().unwrap();
        postfix
    }

    async fn hear(&mut self) -> Value {
        let line = tokio::time::timeout(LIMIT, self.said.next_line());
        let line = line.await.unwrap().unwrap();
        serde_json::from_str(&line.unwrap()).unwrap()
    }

    fn channel(&self, password: &str) -> SmtpChannel {
        let port = self.port;
        let url = format!("smtp://club%40example.com:{password}@localhost:{port}");
        let settings = SmtpSettings {
            ca_file: Some(self.authority.file()),
            ..SmtpSettings::new(url.parse().unwrap())
        };
        SmtpChannel::new(settings).unwrap()
    }
}

/// What mailparser reads in a mail.
async fn parsed(file: &Value) -> Value {
    let modules = std::env::var("LAUREL_TEST_NODE_MODULES")
        .expect("LAUREL_TEST_NODE_MODULES is not set: run cargo xtask test");
    let parsing = Command::new("node")
        .arg(judges().join("read_mail.cjs"))
        .arg(file.as_str().unwrap())
        .env("NODE_PATH", modules)
        .kill_on_drop(true)
        .output();
    let parsed = tokio::time::timeout(LIMIT, parsing).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&parsed.stderr);
    assert!(parsed.status.success(), "{said}");
    serde_json::from_slice(&parsed.stdout).unwrap()
}

#[tokio::test]
async fn postfix_delivers_what_others_read_and_verify_as_it_was_meant() {
    let mut postfix = Postfix::start().await;
    let channel = postfix.channel(PASSWORD);
    for (name, tier) in [
        ("Ana María Pérez", "Plata ✨"),
        ("O'Neil, \"Jim\" <x@y.example>", ".leading dot"),
        ("名前 🎉", "Ünïcödé & <b>"),
    ] {
        let dkim = dkim(None);
        let sent = message(dkim.clone(), name, tier);
        let delivery = channel.deliver(&sent, &held()).await.unwrap();
        assert!(delivery.text.contains("queued as"), "{}", delivery.text);
        let file = postfix.hear().await["file"].clone();
        for signature in verified(
            file.as_str().unwrap().as_ref(),
            &records(&dkim, "example.com"),
        )
        .await
        {
            assert_eq!(signature["valid"], true, "{name}: {signature}");
        }
        let from = json!([{ "name": "Café Central", "address": "club@example.com" }]);
        let python = read(&file).await;
        let node = parsed(&file).await;
        assert_eq!(
            (&python["from"], &python["defects"]),
            (&from, &json!([])),
            "{name}"
        );
        assert_eq!(node["from"], from, "{name}");
        for reader in [&python, &node] {
            assert_eq!(reader["subject"], sent.words.subject, "{name}");
            assert_eq!(reader["to"][0]["address"], "ana@example.com", "{name}");
            assert_eq!(reader["to"].as_array().unwrap().len(), 1, "{name}");
        }
        assert_eq!(node["messageId"], sent.message_id);
        assert_eq!(
            node["text"].as_str().unwrap().trim_end(),
            sent.words.text.trim_end(),
            "{name}"
        );
        assert_eq!(
            node["html"].as_str().unwrap().trim_end(),
            sent.words.html.trim_end(),
            "{name}"
        );
    }
    channel.rest().await;
    // The first log-in that is wrong is the last that is tried.
    let refused = postfix.channel("wrong");
    let outcome = refused
        .deliver(&message(dkim(None), "Ana", "Silver"), &held())
        .await;
    assert!(matches!(outcome, Err(Failure::Paused(_))), "{outcome:?}");
}
