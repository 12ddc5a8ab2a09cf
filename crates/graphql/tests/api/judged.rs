//! GraphQL over HTTP, judged by a judge that is not ours: the audits of the npm package `graphql-http`, over a real
//! connection. Their report is `docs/graphql-over-http.md`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use laurel_testkit::{TestDatabase, run};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::client::Api;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Set to have the report written anew.
const WRITE: &str = "LAUREL_TEST_WRITE_REPORTS";

/// What the audits find at an address, for the holder of a key.
fn audit(url: &str, key: &str) -> Value {
    let modules: PathBuf = std::env::var_os("LAUREL_TEST_NODE_MODULES")
        .expect("LAUREL_TEST_NODE_MODULES is not set: run `cargo xtask test`, which installs what judges the API")
        .into();
    let mut node = Command::new("node");
    node.arg(Path::new(ROOT).join("xtask/judges/audit_graphql.cjs"))
        .args([url, key])
        .env("NODE_PATH", modules)
        .stdin(Stdio::null());
    let output = node
        .output()
        .expect("Node.js is missing: run `cargo xtask test`, which installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn report(found: &Value) -> String {
    let audits = found["audits"].as_array().unwrap();
    let version = found["version"].as_str().unwrap();
    let mut report = format!(
        "# GraphQL over HTTP\n\n\
         What the audits of [`graphql-http`](https://github.com/graphql/graphql-http) {version} say of `/graphql`: \
         {} audits, every MUST, SHOULD and MAY\nof [the specification](https://graphql.github.io/graphql-over-http/) \
         that they know. Written by the test `judged` of `crates/graphql`, which runs\nthem against a listening server \
         and fails when this page is old (`{WRITE}=1 cargo xtask test -- -p laurel-graphql`\nwrites it anew).\n\n\
         | audit | what is asked for | result |\n| --- | --- | --- |\n",
        audits.len()
    );
    for audit in audits {
        let [id, name, status] =
            ["id", "name", "status"].map(|field| audit[field].as_str().unwrap());
        writeln!(report, "| {id} | {name} | {status} |").unwrap();
    }
    report
}

async fn serve(database: TestDatabase) {
    let api = Api::new(database).await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/graphql", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, api.router.clone()).into_future());
    let key = api.key.clone();
    let found = tokio::task::spawn_blocking(move || audit(&url, &key))
        .await
        .unwrap();
    server.abort();

    let audits = found["audits"].as_array().unwrap();
    assert!(audits.len() > 50, "only {} audits", audits.len());
    let failed: Vec<&Value> = audits
        .iter()
        .filter(|audit| audit["status"] != "ok")
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");

    let (path, report) = (
        Path::new(ROOT).join("docs/graphql-over-http.md"),
        report(&found),
    );
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, &report).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == report,
        "docs/graphql-over-http.md is old: set {WRITE} to write it"
    );
}

#[test]
fn every_must_should_and_may_of_graphql_over_http_is_kept() {
    run(async { serve(TestDatabase::sqlite().await).await });
}
