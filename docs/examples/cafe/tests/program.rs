//! The program itself: what an operator sees of its extensions.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const SOURCE: &str = "[sources.masivo]\nauth = [{ kind = \"token\", token = \"kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ\" }]\n";

fn cafe(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cafe"));
    command.args(arguments).current_dir(folder);
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    cafe(folder, arguments).output().expect("a program")
}

fn answer(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).expect("text")
}

fn folder(toml: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("laurel.toml"), toml).expect("a file");
    folder
}

#[test]
fn its_section_is_checked_and_printed_like_any_other() {
    let folder = folder("[extensions.cafe]\nstamps_for_a_coffee = 8\n");
    let printed = answer(folder.path(), &["config", "print"]);
    assert!(
        printed.contains("[extensions.cafe]\nstamps_for_a_coffee = 8\n"),
        "{printed}"
    );
    let schema = answer(folder.path(), &["schema", "config"]);
    assert!(
        schema.contains("How many stamps make a card full."),
        "{schema}"
    );
    for (toml, expected) in [
        (
            "[extensions.cafe]\nstamps_for_a_cofee = 8\n",
            "laurel.toml: extensions.cafe.stamps_for_a_cofee: unknown key `stamps_for_a_cofee`; did you mean \
             `stamps_for_a_coffee`?",
        ),
        (
            "[extensions.coffee]\n",
            "laurel.toml: extensions.coffee: unknown section `coffee`; did you mean `cafe`?",
        ),
        (
            "[sources.shop]\nauth = [{ kind = \"colour\" }]\n",
            "laurel.toml: sources.shop.auth.0.kind: unknown value `colour`; expected one of: token, query, basic, \
             hmac, standard-webhooks, ip",
        ),
    ] {
        std::fs::write(folder.path().join("laurel.toml"), toml).expect("a file");
        let output = run(folder.path(), &["config", "check"]);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.trim_end(), format!("laurel: {expected}"));
    }
}

#[test]
fn its_section_can_be_set_by_the_environment() {
    let folder = folder("");
    let mut command = cafe(folder.path(), &["config", "print"]);
    command.env("LAUREL__EXTENSIONS__CAFE__STAMPS_FOR_A_COFFEE", "7");
    let printed = command.output().expect("a program").stdout;
    let printed = String::from_utf8(printed).expect("text");
    assert!(printed.contains("stamps_for_a_coffee = 7\n"), "{printed}");
}

#[test]
fn its_tables_are_made_after_laurels_and_its_command_reads_them() {
    let folder = folder("");
    let early = run(folder.path(), &["stamps", "ana-0042"]);
    assert_eq!(early.status.code(), Some(3), "there is no database yet");
    let applied = answer(folder.path(), &["migrate"]);
    assert!(applied.trim_end().ends_with(", c0001_cards"), "{applied}");
    assert!(answer(folder.path(), &["migrate"]).ends_with("is up to date\n"));
    let shown = answer(folder.path(), &["stamps", "ana-0042"]);
    assert_eq!(shown, "0 stamps; 10 make a coffee\n");
    assert!(answer(folder.path(), &["--help"]).contains("Show a customer's card"));
}

#[test]
fn its_route_stands_beside_laurels() {
    let (http, admin) = (free_port(), free_port());
    let toml = format!(
        "[http]\nlisten = \"127.0.0.1:{http}\"\n[admin]\nlisten = \"127.0.0.1:{admin}\"\n{SOURCE}"
    );
    let folder = folder(&toml);
    let mut serve = cafe(folder.path(), &["serve"]);
    let _server = Server(serve.stderr(Stdio::null()).spawn().expect("a server"));
    let started = Instant::now();
    while !get(admin, "/readyz").is_some_and(|answer| answer.contains(" 200 ")) {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "it is not ready"
        );
        std::thread::yield_now();
    }
    let key = answer(folder.path(), &["keys", "create", "--source", "masivo"]);
    let path = format!(
        "/cafe/regulars HTTP/1.1\r\nauthorization: Bearer {}",
        key.trim()
    );
    let regulars = get(http, &path).expect("an answer");
    assert!(
        regulars.contains(" 200 ") && regulars.ends_with("[]"),
        "{regulars}"
    );
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// What is answered to a request for `path`, which may go on with headers.
fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    let version = if path.contains(" HTTP/") {
        ""
    } else {
        " HTTP/1.1"
    };
    let head = format!("GET {path}{version}\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
