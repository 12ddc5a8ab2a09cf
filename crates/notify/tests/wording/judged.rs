//! The HTML of every mail, judged by a judge that is not ours: the npm package `html-validate`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use laurel_notify::mail::Brand;
use tempfile::TempDir;

use crate::brands::full;
use crate::desk::{composer, occasions, write};

const JUDGE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../xtask/judges/validate_html.cjs"
);

/// Writes every mail in every language to a folder.
fn mails(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (brand, composer) in [
        ("full", composer(full())),
        ("plain", composer(Brand::default())),
    ] {
        for language in ["en", "es", "pt", "fr"] {
            for (number, (_, mail)) in occasions().iter().enumerate() {
                let file = folder.join(format!("{brand}-{language}-{number}.html"));
                std::fs::write(&file, write(&composer, mail, language).words.html).unwrap();
                files.push(file);
            }
        }
    }
    files
}

#[test]
fn html_validate_finds_no_fault_in_any_mail() {
    let modules = std::env::var_os("LAUREL_TEST_NODE_MODULES")
        .expect("LAUREL_TEST_NODE_MODULES is not set: run `cargo xtask test`, which installs what judges the mails");
    let folder = TempDir::new().unwrap();
    let mut node = Command::new("node");
    node.arg(JUDGE).args(mails(folder.path()));
    let output = node
        .env("NODE_PATH", modules)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    // It does find faults.
    let bad = folder.path().join("bad.html");
    std::fs::write(&bad, "<p><div></p>").unwrap();
    let mut node = Command::new("node");
    let modules = std::env::var_os("LAUREL_TEST_NODE_MODULES").unwrap();
    node.arg(JUDGE)
        .arg(bad)
        .env("NODE_PATH", modules)
        .stdin(Stdio::null());
    assert!(!node.output().unwrap().stdout.is_empty());
}
