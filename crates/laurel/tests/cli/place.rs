//! A folder with a configuration, in which the binary is run.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{LIMIT, TOKEN};

/// A folder with a configuration, in which commands are run.
pub(crate) struct Place {
    folder: TempDir,
    pub(crate) http: u16,
    pub(crate) admin: u16,
}

impl Place {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
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

    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        timeout(LIMIT, self.command(arguments).output())
            .await
            .expect("an end in time")
            .unwrap()
    }

    /// Standard output of a command that must succeed.
    pub(crate) async fn answer(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Exit code and standard error of a command that must fail, and say nothing else.
    pub(crate) async fn refusal(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments).await;
        assert!(output.stdout.is_empty(), "{arguments:?}");
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// Another database than the SQLite file in the folder.
    pub(crate) fn on(self, database: &str) -> Self {
        let path = self.path().join("laurel.toml");
        let toml = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{toml}[database]\nurl = \"{database}\"\n")).unwrap();
        self
    }

    /// A server that has said that it is ready.
    pub(crate) async fn serve(&self) -> Child {
        ready(self.command(&["serve"])).await
    }

    /// A server of one role, on ports of its own: the public one, and itself.
    pub(crate) async fn serve_role(&self, role: &str) -> (u16, Child) {
        let (http, admin) = (free_port(), free_port());
        let mut command = self.command(&["serve", "--role", role]);
        command
            .env("LAUREL__HTTP__LISTEN", format!("127.0.0.1:{http}"))
            .env("LAUREL__ADMIN__LISTEN", format!("127.0.0.1:{admin}"));
        (http, ready(command).await)
    }
}

/// Starts a server and waits until it says that it is ready.
async fn ready(mut command: Command) -> Child {
    let mut server = command.stderr(Stdio::piped()).spawn().unwrap();
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

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
