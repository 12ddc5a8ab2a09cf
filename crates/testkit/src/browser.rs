//! A look at pages and mails: headless Chromium, with axe-core as the judge of who can use them.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const JUDGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../xtask/judges/look_at_pages.cjs"
);

/// A folder to leave the pictures in, for people to look at.
const PICTURES: &str = "LAUREL_TEST_PICTURES";

/// What the judge sees in each of `looks`, which it describes itself. The pictures are kept below `name` where
/// `LAUREL_TEST_PICTURES` is set.
///
/// # Panics
/// If the browser cannot be started, or says nothing that can be read.
pub async fn look(looks: &Value, name: &str) -> Vec<Value> {
    let forgotten = tempfile::tempdir().expect("a folder");
    let kept = std::env::var_os(PICTURES).map(|folder| Path::new(&folder).join(name));
    let mut node = Command::new("node")
        .arg(JUDGE)
        .arg(variable("LAUREL_TEST_CHROMIUM"))
        .arg(kept.as_deref().unwrap_or(forgotten.path()))
        .env("NODE_PATH", variable("LAUREL_TEST_NODE_MODULES"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node");
    let mut told = node.stdin.take().expect("its input");
    told.write_all(looks.to_string().as_bytes())
        .await
        .expect("a judge that listens");
    drop(told);
    let seen = node.wait_with_output().await.expect("an end");
    let complaint = String::from_utf8_lossy(&seen.stderr);
    assert!(seen.status.success(), "{complaint}");
    serde_json::from_slice(&seen.stdout).expect("what was seen")
}

fn variable(name: &str) -> PathBuf {
    let told = std::env::var_os(name);
    told.unwrap_or_else(|| {
        panic!("{name} is not set: run `cargo xtask test`, which installs what judges the pages")
    })
    .into()
}
