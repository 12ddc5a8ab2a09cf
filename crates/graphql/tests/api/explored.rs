//! The explorer in a browser: judged by axe-core, used by mouse and by keyboard alone, light and dark.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use laurel_store::KeyScope;
use laurel_testkit::{TestDatabase, run_for};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::client::Api;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// Names a folder to keep the pictures in, to be looked at.
const PICTURES: &str = "LAUREL_TEST_PICTURES";

/// What the judge finds at an address, for the holder of a key.
async fn explore(url: &str, key: &str, pictures: &Path) -> Value {
    let installed = |name: &str| -> PathBuf {
        let place = std::env::var_os(name);
        place
            .unwrap_or_else(|| panic!("{name} is not set: run `cargo xtask test`, which installs what judges the explorer"))
            .into()
    };
    let output = Command::new("node")
        .arg(Path::new(ROOT).join("xtask/judges/explore.cjs"))
        .args([url, key])
        .arg(pictures)
        .env("NODE_PATH", installed("LAUREL_TEST_NODE_MODULES"))
        .env("LAUREL_TEST_CHROMIUM", installed("LAUREL_TEST_CHROMIUM"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("Node.js is missing: run `cargo xtask test`, which installs it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn explored() -> Value {
    let api = Api::with_story(TestDatabase::sqlite().await).await;
    let api = api.asked_by("masivo", &[KeyScope::Operate]).await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, api.router.clone()).into_future());
    let kept = std::env::var_os(PICTURES).map(PathBuf::from);
    let folder = tempfile::tempdir().unwrap();
    let pictures = kept.as_deref().unwrap_or(folder.path());
    let found = explore(&url, &api.key, pictures).await;
    server.abort();
    found
}

#[test]
fn the_explorer_is_used_in_a_browser_without_a_serious_finding() {
    run_for(std::time::Duration::from_mins(2), async {
        let found = explored().await;
        assert_eq!(found["faults"], json!([]), "{found:#}");
        let ran = found["ran"].as_object().unwrap();
        let samples = [
            "A customer at a glance",
            "A history, page by page",
            "Tier changes and their mail",
            "A year by months",
            "Customers, the newest first",
            "Tiers and rewards",
            "What could not be read",
        ];
        for sample in samples {
            assert_eq!(ran[sample], "200", "{sample}");
        }
        for sample in ["Follow a customer", "Follow changes of tier"] {
            assert_eq!(ran[sample], "listening", "{sample}");
        }
        assert_eq!(ran["What is none"], "400 GRAPHQL_VALIDATION_FAILED");
        assert!(ran["Found in the schema"].as_u64().unwrap() > 3);
        assert_eq!(
            ran["As it was indented"],
            "query Keys($id: ID!) {\n  customer(id: $id) {\n    name\n  }\n}"
        );
        assert_eq!(ran["By keyboard"], "Ana Gómez");
        assert_eq!(ran["Followed by keyboard"], "told");
        assert!(
            ran["After a reload"]
                .as_str()
                .unwrap()
                .contains("historyEntryAdded")
        );
    });
}
