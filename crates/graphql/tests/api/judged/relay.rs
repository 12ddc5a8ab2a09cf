//! The schema, judged by the compiler of Relay: it takes the SDL, and a fragment with a connection that is read from
//! either end.

use std::process::Command;

use super::{judge, root, told};

#[test]
fn relay_compiles_a_connection_that_is_read_in_both_directions() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    for (from, to) in [
        ("docs/schema.graphql", "schema.graphql"),
        ("xtask/judges/relay/History.js", "src/History.js"),
    ] {
        std::fs::copy(root(from), folder.path().join(to)).unwrap();
    }
    let config = r#"{ "src": "./src", "schema": "./schema.graphql", "language": "javascript" }"#;
    std::fs::write(folder.path().join("relay.config.json"), config).unwrap();
    let mut relay = Command::new("node");
    let compiler = told("LAUREL_TEST_NODE_MODULES").join("relay-compiler/cli.js");
    relay
        .arg(compiler)
        .arg("relay.config.json")
        .current_dir(folder.path());
    let output = judge(relay, "");
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&said)
    );
    let made = folder
        .path()
        .join("src/__generated__/History_customer.graphql.js");
    let made = std::fs::read_to_string(made).unwrap();
    assert!(made.contains(r#""direction": "bidirectional""#), "{made}");
}
