//! Judges that are not ours: the audits of GraphQL over HTTP, the compiler of Relay, GraphQL Inspector, a Python client.
//! `cargo xtask test` installs them; one that cannot run has not found anything good.

mod examples;
mod http;
mod promised;
mod relay;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use laurel_testkit::TestDatabase;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::client::Api;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn root(path: &str) -> PathBuf {
    Path::new(ROOT).join(path)
}

/// What `cargo xtask test` tells of the judges.
fn told(variable: &str) -> PathBuf {
    let value = std::env::var_os(variable);
    let value = value.unwrap_or_else(|| {
        panic!("{variable} is not set: run `cargo xtask test`, which installs what judges the API")
    });
    value.into()
}

/// A script of `xtask/judges`, for Node.js.
fn node(script: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(root("xtask/judges").join(script))
        .env("NODE_PATH", told("LAUREL_TEST_NODE_MODULES"));
    node
}

/// Runs a judge to its end; what it is told comes in at once.
fn judge(mut command: Command, input: &str) -> Output {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = command.spawn().expect("a judge that starts");
    let mut stdin = running.stdin.take().expect("its input");
    stdin.write_all(input.as_bytes()).expect("to be heard");
    drop(stdin);
    running.wait_with_output().expect("a judge that ends")
}

/// What a judge says who has to succeed.
fn verdict(command: Command, input: &str) -> Vec<u8> {
    let output = judge(command, input);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output.stdout
}

/// The API over a real connection, with the story of the sample payloads in it, until it is dropped.
struct Served {
    api: Api,
    url: String,
    server: JoinHandle<std::io::Result<()>>,
}

impl Served {
    async fn new() -> Self {
        let api = Api::with_story(TestDatabase::sqlite().await).await;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/graphql", listener.local_addr().unwrap());
        let server = tokio::spawn(axum::serve(listener, api.router.clone()).into_future());
        Self { api, url, server }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}
