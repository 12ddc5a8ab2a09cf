//! A PostgreSQL of the test's own, which it may stop. It never touches the one that the other tests share.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::process::Command;

use crate::child::free_address;

pub(crate) struct Cluster {
    folder: PathBuf,
    port: u16,
}

impl Cluster {
    pub(crate) async fn start() -> Self {
        // A folder of the account that the server runs under, which root's processes are not to be.
        let made = by_its_account("mktemp").arg("-d").output().await;
        let made = String::from_utf8(made.expect("a folder").stdout).expect("a path");
        let cluster = Self {
            folder: PathBuf::from(made.trim()),
            port: free_address().port(),
        };
        let with = "--auth=trust --username=laurel --encoding=UTF8 --locale=C --no-sync";
        cluster.pg_ctl(&["initdb", "-o", with]).await;
        cluster.resume().await;
        cluster
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://laurel@127.0.0.1:{}/postgres", self.port)
    }

    /// Stops the server as a crash would: nobody is waited for, nothing is written down.
    pub(crate) async fn stop(&self) {
        self.pg_ctl(&["stop", "-m", "immediate"]).await;
    }

    pub(crate) async fn resume(&self) {
        let folder = self.folder.display();
        let settings = format!(
            "-c port={} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}",
            self.port
        );
        let log = format!("{folder}/log");
        self.pg_ctl(&["start", "-l", &log, "-o", &settings]).await;
    }

    async fn pg_ctl(&self, arguments: &[&str]) {
        let ended = self.command(arguments).status().await;
        let ended = ended.expect("pg_ctl");
        assert!(ended.success(), "pg_ctl {arguments:?}: {ended}");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let pg_ctl = std::env::var("LAUREL_TEST_PG_CTL").expect(
            "LAUREL_TEST_PG_CTL is not set: run `cargo xtask test`, which says where PostgreSQL is",
        );
        let mut command = by_its_account(&pg_ctl);
        command
            .current_dir(&self.folder)
            .args(arguments)
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-w", "-t", "60"])
            // A server that is started inherits what its starter writes to.
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = self.command(&["stop", "-m", "immediate"]).into_std();
        let stopped = { stop }.status();
        if !stopped.is_ok_and(|status| status.success()) {
            println!(
                "the PostgreSQL in {} was not stopped",
                self.folder.display()
            );
        }
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// A program run by the account that PostgreSQL runs under.
fn by_its_account(program: &str) -> Command {
    let account = std::env::var("LAUREL_TEST_POSTGRES_ACCOUNT").unwrap_or_default();
    let words: Vec<&str> = account.split_whitespace().chain([program]).collect();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}
