//! The pages in a browser: headless Chromium, with axe-core as the judge of who can use them.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use laurel_testkit::{TestDatabase, run_for};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::house::House;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// A folder to leave the pictures in, for people to look at.
const PICTURES: &str = "LAUREL_TEST_PICTURES";

fn variable(name: &str) -> PathBuf {
    let told = std::env::var_os(name);
    told.unwrap_or_else(|| {
        panic!("{name} is not set: run `cargo xtask test`, which installs what judges the pages")
    })
    .into()
}

/// What the judge sees.
async fn look(looks: &Value, folder: &Path) -> Vec<Value> {
    let mut node = Command::new("node")
        .arg(Path::new(ROOT).join("xtask/judges/look_at_pages.cjs"))
        .args([&variable("LAUREL_TEST_CHROMIUM"), folder])
        .env("NODE_PATH", variable("LAUREL_TEST_NODE_MODULES"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = node.stdin.take().unwrap();
    stdin.write_all(looks.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let seen = node.wait_with_output().await.unwrap();
    assert!(
        seen.status.success(),
        "{}",
        String::from_utf8_lossy(&seen.stderr)
    );
    serde_json::from_slice(&seen.stdout).unwrap()
}

async fn judge(database: TestDatabase) {
    let house = House::new(database).await;
    house.mailed().await;
    let (link, choice) = (house.link(), house.choice());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, house.pages.clone()).into_future());
    let look_at = |name: &str, path: &str, language: &str, press: &[&str]| json!({ "name": name, "url": format!("{base}{path}"), "language": language, "press": press });
    let looks = json!([
        look_at("ask", &link, "en", &[]),
        look_at("choose", &choice, "es", &[]),
        look_at("saved", &choice, "pt", &["choose"]),
        look_at("missing", "/email/unsubscribe/forged", "fr", &[]),
        look_at("resumed", &link, "es", &["stop", "resume"]),
        look_at("stopped", &choice, "fr", &["stop"]),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let pictures = std::env::var_os(PICTURES).map(PathBuf::from);
    let pictures = pictures.as_deref().unwrap_or(folder.path());
    let seen = look(&looks, pictures).await;
    server.abort();
    assert_eq!(seen.len(), 24);
    for seen in seen {
        assert_eq!(seen["violations"], json!([]), "{seen:#}");
        assert_eq!(seen["overflow"], false, "{seen:#}");
        let complaints = seen["complaints"].as_array().unwrap();
        let of_policy = |said: &&Value| said.as_str().unwrap().contains("Content Security Policy");
        assert_eq!(complaints.iter().find(of_policy), None, "{seen:#}");
        assert!(seen["passes"].as_u64() > Some(10), "{seen:#}");
        let asked = seen["asked"].as_array().unwrap();
        assert!(asked.len() <= 3, "{seen:#}");
        let expected = if seen["name"] == "missing" { 404 } else { 200 };
        assert_eq!(seen["status"], expected, "{seen:#}");
    }
}

#[test]
fn axe_finds_nothing_and_no_page_is_wider_than_its_window_or_asks_for_more_than_itself() {
    run_for(Duration::from_mins(2), async {
        judge(TestDatabase::sqlite().await).await;
    });
}
