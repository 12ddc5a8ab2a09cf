//! Signers that are not ours: the packages `standardwebhooks` and `svix` for Python and for Node.js.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use laurel_ingest::StandardWebhooks;
use serde_json::{Value, json};

use crate::post::{BODY, NOW, Post};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const LONG: &str = "whsec_/+8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4=";

fn variable(name: &str) -> PathBuf {
    let value = std::env::var_os(name);
    value
        .unwrap_or_else(|| panic!("{name} is not set: run cargo xtask test"))
        .into()
}

fn judge(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../xtask/judges")
        .join(script)
}

fn python() -> Command {
    let mut command = Command::new(variable("LAUREL_TEST_PYTHON"));
    command.arg(judge("sign_webhook.py"));
    command
}

fn node() -> Command {
    let mut command = Command::new("node");
    command
        .arg(judge("sign_webhook.cjs"))
        .env("NODE_PATH", variable("LAUREL_TEST_NODE_MODULES"));
    command
}

/// What a signer makes of these: `[{"secret", "id", "timestamp", "body"}, …]` to a list of signatures.
fn sign(mut signer: Command, package: &str, wanted: &Value) -> Vec<String> {
    signer.arg(package).arg(wanted.to_string());
    let Output {
        status,
        stdout,
        stderr,
    } = signer.stdin(Stdio::null()).output().unwrap();
    assert!(
        status.success(),
        "{package}: {}",
        String::from_utf8_lossy(&stderr)
    );
    serde_json::from_slice(&stdout).unwrap()
}

#[test]
fn what_the_packages_sign_is_let_in_with_every_secret_and_body() {
    let bodies = [
        BODY,
        r#"{ "event" : "É", "data":{"x":"\u0000 ✨ \" 1e400"} }"#,
        "{}\n",
    ];
    let cases: Vec<(&str, &str)> = [SECRET, LONG]
        .into_iter()
        .flat_map(|secret| bodies.map(|body| (secret, body)))
        .collect();
    let wanted: Value = cases
        .iter()
        .map(|(secret, body)| json!({ "secret": secret, "id": "msg_1", "timestamp": NOW, "body": body }))
        .collect();
    let verifier = StandardWebhooks::new([SECRET, LONG]).unwrap();
    for (language, signer) in [("Python", python as fn() -> Command), ("Node.js", node)] {
        for package in ["standardwebhooks", "svix"] {
            let signatures = sign(signer(), package, &wanted);
            assert_eq!(signatures.len(), cases.len());
            for ((secret, body), signature) in cases.iter().zip(signatures) {
                for family in ["webhook", "svix"] {
                    let post = Post::new()
                        .body(body)
                        .header(&format!("{family}-id"), "msg_1")
                        .header(&format!("{family}-timestamp"), NOW.to_string())
                        .header(&format!("{family}-signature"), &signature);
                    let expected = Ok(usize::from(*secret == LONG));
                    assert_eq!(
                        post.secret_for(&verifier),
                        expected,
                        "{language} {package} {body}"
                    );
                }
            }
        }
    }
}
