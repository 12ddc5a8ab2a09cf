//! The process itself: started, listened to, looked at from outside.

use std::collections::VecDeque;
use std::fs;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::oneshot;

/// How much of what a server said is kept for a test that fails.
const LAST_WORDS: usize = 30;

pub(super) struct Process {
    child: Child,
    said: Arc<Mutex<VecDeque<String>>>,
}

impl Process {
    /// A server with the configuration of this folder that has said that it is ready.
    pub(super) async fn start(folder: &TempDir, role: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_laurel"))
            .arg("--config")
            .arg(folder.path().join("laurel.toml"))
            .args(["serve", "--role", role])
            .env("LAUREL__LOG__FILTER", "warn,laurel::serve=info")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a server process");
        let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let said = Arc::default();
        let (ready, is_ready) = oneshot::channel();
        tokio::spawn(listen(lines, ready, Arc::clone(&said)));
        let process = Self { child, said };
        is_ready.await.expect("a server that does not end");
        process
    }

    pub(super) async fn kill(&mut self) {
        self.child.kill().await.expect("a process to kill");
    }

    pub(super) fn signal(&self, signal: Signal) {
        let id = self
            .child
            .id()
            .and_then(|id| Pid::from_raw(id.try_into().ok()?));
        kill_process(id.expect("a process"), signal).expect("a process that lives");
    }

    pub(super) fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(self.proc("status")).expect("a process that lives");
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
        let peak = peak.and_then(|peak| peak.trim().parse::<u64>().ok());
        peak.expect("a number of kilobytes") * 1024
    }

    pub(super) fn open_files(&self) -> usize {
        fs::read_dir(self.proc("fd"))
            .expect("a process that lives")
            .count()
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id().expect("a process"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            for line in said.iter() {
                println!("the server said: {line}");
            }
        }
    }
}

/// Reads what a server says, so that it never waits for a reader, and tells when it is ready.
async fn listen(
    mut lines: Lines<BufReader<ChildStderr>>,
    ready: oneshot::Sender<()>,
    said: Arc<Mutex<VecDeque<String>>>,
) {
    let mut ready = Some(ready);
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains(r#""message":"ready""#)
            && let Some(ready) = ready.take()
        {
            ready.send(()).ok();
        }
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.push_back(line);
        if said.len() > LAST_WORDS {
            said.pop_front();
        }
    }
}
