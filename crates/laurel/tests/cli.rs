//! The command line, by running the binary: answers, exit codes, and a server beside which commands work.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

const LIMIT: Duration = Duration::from_mins(1);
const TOKEN: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";

/// A folder with a configuration, in which commands are run.
struct Place {
    folder: TempDir,
    http: u16,
    admin: u16,
}

impl Place {
    fn new() -> Self {
        let (http, admin) = (free_port(), free_port());
        let toml = format!(
            "[http]\nlisten = \"127.0.0.1:{http}\"\n[admin]\nlisten = \"127.0.0.1:{admin}\"\n\
             [sources.masivo]\nauth = [{{ kind = \"token\", token = \"{TOKEN}\" }}]\n\
             [email]\ntransport = \"file\"\nfrom = \"club@example.com\"\nsettle = \"0s\"\n"
        );
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("laurel.toml"), toml).unwrap();
        Self {
            folder,
            http,
            admin,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_laurel"));
        command
            .args(arguments)
            .current_dir(self.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for (key, _) in
            std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("LAUREL"))
        {
            command.env_remove(key);
        }
        command
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        timeout(LIMIT, self.command(arguments).output())
            .await
            .expect("an end in time")
            .unwrap()
    }

    /// Standard output of a command that must succeed.
    async fn answer(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Exit code and standard error of a command that must fail, and say nothing else.
    async fn refusal(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments).await;
        assert!(output.stdout.is_empty(), "{arguments:?}");
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// A server that has said that it is ready.
    async fn serve(&self) -> Child {
        let mut server = self
            .command(&["serve"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("\"message\":\"ready\"") {
                    return;
                }
            }
            panic!("the server ended");
        };
        timeout(LIMIT, ready).await.expect("ready in time");
        // What it says later is read, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        server
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

#[tokio::test]
async fn a_wrong_command_line_or_configuration_exits_with_2() {
    let place = Place::new();
    assert_eq!(place.refusal(&["serv"]).await.0, 2);
    assert_eq!(
        place
            .refusal(&["serve", "--config", "nowhere.toml"])
            .await
            .0,
        2
    );
    std::fs::write(place.path().join("laurel.toml"), "[htpp]\n").unwrap();
    let (code, said) = place.refusal(&["config", "check"]).await;
    assert_eq!(
        (code, said.as_str()),
        (
            2,
            "laurel: laurel.toml: htpp: unknown key `htpp`; did you mean `http`?\n"
        )
    );
    assert_eq!(place.refusal(&["serve"]).await.0, 2);
}

#[tokio::test]
async fn a_configuration_is_checked_and_printed_without_its_secrets() {
    let place = Place::new();
    assert!(
        place
            .answer(&["config", "check"])
            .await
            .starts_with("ok: laurel.toml")
    );
    let printed = place.answer(&["config", "print"]).await;
    assert!(
        printed.contains("token = \"*\"") && !printed.contains(TOKEN),
        "{printed}"
    );
    let again: toml::Table = toml::from_str(&printed).unwrap();
    assert!(again.contains_key("ingest"));
}

#[tokio::test]
async fn a_database_that_is_not_there_or_cannot_be_exits_with_3() {
    let place = Place::new();
    let (code, said) = place.refusal(&["keys", "list"]).await;
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("does not exist"), "{said}");
    let toml = std::fs::read_to_string(place.path().join("laurel.toml")).unwrap();
    std::fs::create_dir(place.path().join("folder")).unwrap();
    std::fs::write(
        place.path().join("text.db"),
        "not a database, but long enough to look at".repeat(200),
    )
    .unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("elsewhere.db", place.path().join("link.db")).unwrap();
    for (file, reason) in [
        ("folder", "it is a folder"),
        ("missing/laurel.db", "there is no folder missing"),
        ("link.db", "it is a symbolic link"),
        ("text.db", "is not a database"),
    ] {
        std::fs::write(
            place.path().join("laurel.toml"),
            format!("{toml}[database]\nurl = \"sqlite://{file}\"\n"),
        )
        .unwrap();
        for command in ["migrate", "serve"] {
            let output = place.run(&[command]).await;
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(3), "{command} {file}: {said}");
            assert!(said.contains(reason), "{command} {file}: {said}");
        }
    }
}

#[tokio::test]
async fn migrate_makes_the_database_and_then_finds_it_up_to_date() {
    let place = Place::new();
    assert!(place.answer(&["migrate"]).await.contains("applied"));
    assert_eq!(
        place.answer(&["migrate"]).await,
        "sqlite://laurel.db is up to date\n"
    );
}

#[tokio::test]
async fn a_key_is_printed_once_and_alone_and_can_be_revoked() {
    let place = Place::new();
    place.answer(&["migrate"]).await;
    let key = place
        .answer(&[
            "keys",
            "create",
            "--source",
            "masivo",
            "--scope",
            "read,operate",
            "--name",
            "till",
        ])
        .await;
    assert_eq!(key.split_whitespace().count(), 1);
    let list = place.answer(&["keys", "list"]).await;
    assert!(
        !list.contains(key.trim()) && list.contains("read,operate") && list.contains("till"),
        "{list}"
    );
    let id = list.split_whitespace().next().unwrap();
    place.answer(&["keys", "revoke", id]).await;
    assert_eq!(place.refusal(&["keys", "revoke", id]).await.0, 4);
    assert_eq!(place.refusal(&["keys", "revoke", "x"]).await.0, 4);
    assert_eq!(
        place
            .refusal(&["keys", "create", "--source", "other"])
            .await
            .0,
        4
    );
}

#[tokio::test]
async fn commands_work_beside_a_server_and_a_second_server_does_not() {
    let place = Place::new();
    let mut server = place.serve().await;
    let (code, said) = place.refusal(&["serve"]).await;
    assert_eq!(code, 2, "the port is taken: {said}");
    let second = place
        .command(&["serve"])
        .env("LAUREL__HTTP__LISTEN", format!("127.0.0.1:{}", free_port()))
        .env(
            "LAUREL__ADMIN__LISTEN",
            format!("127.0.0.1:{}", free_port()),
        )
        .output();
    let second = timeout(LIMIT, second).await.unwrap().unwrap();
    assert_eq!(second.status.code(), Some(3));
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("another server is using this database")
    );

    let to = format!("http://127.0.0.1:{}/webhooks/masivo", place.http);
    let simulate = [
        "simulate",
        "--to",
        &to,
        "--token",
        TOKEN,
        "--events",
        "60",
        "--duplicates",
        "0.2",
        "--seed",
        "5",
    ];
    let posted = place.answer(&simulate).await;
    assert!(
        posted.contains(": 60 accepted, ") && !posted.contains(" 0 duplicate"),
        "{posted}"
    );
    let again = place.answer(&simulate).await;
    assert!(
        again.contains(": 0 accepted, ") && again.contains(" 0 quarantined"),
        "{again}"
    );

    let replayed = place.answer(&["replay", "history"]).await;
    assert!(
        replayed.starts_with("history was handed the whole log again"),
        "{replayed}"
    );
    assert!(
        place
            .answer(&["replay", "--quarantined"])
            .await
            .starts_with("0 quarantined events were accepted")
    );
    assert_eq!(place.answer(&["dead-letters"]).await, "");
    assert_eq!(place.refusal(&["replay", "nobody"]).await.0, 4);
    assert_eq!(
        place
            .refusal(&["dead-letters", "replay", "--subscriber", "nobody"])
            .await
            .0,
        4
    );
    server.kill().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_ends_well_when_it_is_told_to_and_lets_go_of_its_database() {
    let place = Place::new();
    for _ in 0..2 {
        let mut server = place.serve().await;
        let id = server.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(timeout(LIMIT, told).await.unwrap().unwrap().success());
        assert!(
            timeout(LIMIT, server.wait())
                .await
                .expect("an end in time")
                .unwrap()
                .success()
        );
    }
}

#[tokio::test]
async fn a_server_refuses_strangers_and_answers_its_operator() {
    let place = Place::new();
    let _server = place.serve().await;
    let to = format!("http://127.0.0.1:{}/webhooks/masivo", place.http);
    let (code, said) = place
        .refusal(&["simulate", "--to", &to, "--token", "wrong", "--events", "1"])
        .await;
    assert_eq!(code, 1);
    assert!(said.contains("401"), "{said}");
    for (path, expected) in [
        ("livez", "alive"),
        ("readyz", "ready"),
        ("metrics", "laurel_webhooks_refused_total"),
    ] {
        let answer = get(place.admin, path).await;
        assert!(
            answer.starts_with("HTTP/1.1 200") && answer.contains(expected),
            "{answer}"
        );
    }
}

async fn get(port: u16, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let exchange = async {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .unwrap();
        let request = format!("GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    timeout(LIMIT, exchange).await.expect("an answer in time")
}

#[tokio::test]
async fn the_demo_shows_a_history_and_a_mail_and_ends() {
    let shown = Place::new().answer(&["demo", "--once"]).await;
    for expected in [
        "TIER_UPGRADE",
        "CUSTOMER_ACCUMULATION",
        "customer(id:",
        "Subject: ",
        "duplicate",
    ] {
        assert!(shown.contains(expected), "{expected} in\n{shown}");
    }
    assert!(!shown.contains('\x1b'), "plain where it is not a terminal");
    let mail = shown
        .split_whitespace()
        .find(|word| word.contains("/mail/"))
        .expect("the mail's path");
    let mail = Path::new(mail);
    assert!(
        std::fs::read_to_string(mail)
            .unwrap()
            .contains("Message-ID: ")
    );
    std::fs::remove_dir_all(mail.ancestors().nth(2).unwrap()).unwrap();
}

#[tokio::test]
async fn schemas_and_completions_need_no_configuration() {
    let place = Place::new();
    std::fs::write(place.path().join("laurel.toml"), "broken").unwrap();
    assert!(
        place
            .answer(&["schema", "graphql"])
            .await
            .contains("type Customer")
    );
    let config: serde_json::Value =
        serde_json::from_str(&place.answer(&["schema", "config"]).await).unwrap();
    assert!(config["properties"]["sources"].is_object());
    assert!(
        place
            .answer(&["schema", "cli"])
            .await
            .contains("## `laurel keys create`")
    );
    assert!(
        place
            .answer(&["completions", "bash"])
            .await
            .contains("laurel")
    );
    place.answer(&["schema", "events", "--out", "events"]).await;
    assert_eq!(
        std::fs::read_dir(place.path().join("events"))
            .unwrap()
            .count(),
        10
    );
}
