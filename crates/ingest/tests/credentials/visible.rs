//! What the operator sees: logs without secrets, and metrics by secret.

use std::collections::HashSet;
use std::io::Write;
use std::sync::{Arc, Mutex};

use laurel_ingest::{QueryVerifier, TokenVerifier, Verifier};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::{Desk, source};
use crate::post::{BODY, Post};

const NEW: &str = "new-token-nobody-may-read";
const OLD: &str = "old-token-nobody-may-read";
const GONE: &str = "gone-token-nobody-may-read";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    /// The fields of each refusal's line.
    fn refusals(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        let fields = lines.map(|mut line: Value| line["fields"].take());
        let refusals = fields.filter(|fields| !fields["reason"].is_null());
        refusals.collect()
    }

    /// The lines that hold all of these.
    fn lines(&self, wanted: &[&str]) -> usize {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let holds = |line: &&str| wanted.iter().all(|part| line.contains(part));
        text.lines().filter(holds).count()
    }
}

/// Posts one request of each sort, and returns what was logged at the lowest level and what is measured.
fn observe() -> (Log, String) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let recorder = PrometheusBuilder::new().build_recorder();
    let measured = recorder.handle();
    // With one subscriber alone, tracing asks only the thread that is first at a line whether anybody wants it, and the
    // thread of another test says no for all.
    let _another = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let _logging = tracing::subscriber::set_default(subscriber);
    let _measuring = metrics::set_default_local_recorder(&recorder);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let verifiers: Vec<Arc<dyn Verifier>> = vec![
            Arc::new(TokenVerifier::new([NEW, OLD]).revoking([GONE])),
            Arc::new(QueryVerifier::new("token", [NEW])),
        ];
        let desk = Desk::new(vec![source("masivo", verifiers)]).await;
        for post in [
            Post::new().token(NEW),
            Post::new().token(OLD),
            Post::new().query(&format!("token={NEW}")),
            Post::new().token(GONE),
            Post::new(),
            Post::new().token("a-guess-nobody-may-read"),
        ] {
            desk.post("masivo", &post).await;
        }
        desk.post("who-is-that", &Post::new().token(NEW)).await;
        let malformed = Post::new().token(NEW).body(r#"{"nobody-may-read":"#);
        desk.post("masivo", &malformed).await;
    });
    (log, measured.render())
}

#[test]
fn a14_a15_a17_logs_tell_old_secrets_and_revoked_ones_and_hold_none() {
    let (log, _) = observe();
    assert_eq!(
        log.lines(&["\"secret\":\"previous\"", "\"source\":\"masivo\"", "INFO"]),
        1
    );
    assert_eq!(
        log.lines(&["\"reason\":\"revoked\"", "\"source\":\"masivo\"", "WARN"]),
        1
    );
    assert_eq!(log.lines(&["\"reason\":\"auth_missing\"", "INFO"]), 1);
    assert_eq!(
        log.lines(&["\"reason\":\"auth\"", "\"source\":\"masivo\""]),
        1
    );
    assert_eq!(
        log.lines(&["\"reason\":\"auth\"", "\"source\":\"unknown\""]),
        1
    );
    assert_eq!(log.lines(&["nobody-may-read"]), 0, "a secret in the log");
    assert_eq!(
        log.lines(&["who-is-that"]),
        0,
        "a stranger's words in the log"
    );
}

#[test]
fn a_refusal_is_one_line_that_holds_what_is_needed_to_find_it_and_nothing_else() {
    let (log, measured) = observe();
    let refusals = log.refusals();
    assert_eq!(refusals.len(), 5, "one line each");
    let malformed = refusals.last().unwrap().as_object().unwrap();
    let keys: Vec<_> = malformed.keys().map(String::as_str).collect();
    let expected = [
        "body.digest",
        "body.length",
        "message",
        "reason",
        "request.id",
        "source",
    ];
    assert_eq!(keys, expected);
    assert_eq!(malformed["source"], "masivo");
    assert_eq!(malformed["reason"], "malformed");
    assert_eq!(malformed["body.length"], 19);
    assert_eq!(malformed["body.digest"], "sha256:f8538b3c66c479e8");
    let stranger = &refusals[3];
    assert_eq!(stranger["source"], "unknown");
    assert_eq!(stranger["body.length"], BODY.len(), "as announced");
    assert!(stranger.get("body.digest").is_none(), "it was not read");
    let ids: HashSet<_> = refusals.iter().map(|line| &line["request.id"]).collect();
    assert_eq!(ids.len(), refusals.len());
    let counted = r#"laurel_webhooks_refused_total{source="masivo",reason="malformed"} 1"#;
    assert!(measured.contains(counted), "{measured}");
}

#[test]
fn an_accepted_event_is_found_by_the_id_of_its_request() {
    let (log, _) = observe();
    let received = log.lines(&["\"received\"", "\"event.id\"", "\"request.id\""]);
    assert_eq!(received, 3);
}

#[test]
fn the_last_use_of_each_secret_is_measured_and_so_is_each_reason() {
    let (_, measured) = observe();
    for line in [
        r#"laurel_credentials_used_total{source="masivo",kind="token",verifier="0",secret="0"} 2"#,
        r#"laurel_credentials_used_total{source="masivo",kind="token",verifier="0",secret="1"} 1"#,
        r#"laurel_credentials_used_total{source="masivo",kind="query",verifier="1",secret="0"} 1"#,
        r#"laurel_credential_last_used_seconds{source="masivo",kind="token",verifier="0",secret="1"} 1772366400"#,
        r#"laurel_webhooks_refused_total{source="masivo",reason="revoked"} 1"#,
        r#"laurel_webhooks_refused_total{source="masivo",reason="auth_missing"} 1"#,
        r#"laurel_webhooks_refused_total{source="masivo",reason="auth"} 1"#,
        r#"laurel_webhooks_refused_total{source="unknown",reason="auth"} 1"#,
    ] {
        assert!(
            measured.lines().any(|found| found == line),
            "{line} in\n{measured}"
        );
    }
    assert!(!measured.contains("nobody-may-read"));
}
