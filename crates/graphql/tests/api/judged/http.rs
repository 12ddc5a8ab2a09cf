//! GraphQL over HTTP, judged by a judge that is not ours: the audits of the npm package `graphql-http`, over a real
//! connection. Their report is `docs/graphql-over-http.md`.

use std::fmt::Write;

use laurel_testkit::run;
use serde_json::Value;

use super::{Served, node, root, verdict};

/// Set to have the report written anew.
const WRITE: &str = "LAUREL_TEST_WRITE_REPORTS";
const REPORT: &str = "docs/graphql-over-http.md";

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

#[test]
fn every_must_should_and_may_of_graphql_over_http_is_kept() {
    run(async {
        let served = Served::new().await;
        let mut audit = node("audit_graphql.cjs");
        audit.args([&served.url, &served.api.key]);
        let found = tokio::task::spawn_blocking(move || verdict(audit, ""));
        let found: Value = serde_json::from_slice(&found.await.unwrap()).unwrap();

        let audits = found["audits"].as_array().unwrap();
        assert!(audits.len() > 50, "only {} audits", audits.len());
        // An audit has one of: ok, notice (of a MAY), warn (of a SHOULD), error (of a MUST).
        let failed: Vec<&Value> = audits
            .iter()
            .filter(|audit| audit["status"] != "ok")
            .collect();
        assert!(failed.is_empty(), "{failed:#?}");

        let (path, report) = (root(REPORT), report(&found));
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(&path, &report).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == report,
            "{REPORT} is old: set {WRITE} to write it"
        );
    });
}
