//! `laurel serve` as a process of its own, which can be killed.

mod http;
mod process;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use rand::Rng;
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::time::sleep;

pub(crate) use self::http::{Answer, exchange, get, webhook};
use self::process::Process;

/// The source that the tests post to.
pub(crate) const MASIVO: &str = "masivo";
const TOKEN: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";
/// A sender that got no answer, or none that it wanted, waits for as long before it tries again.
const PAUSE: Duration = Duration::from_millis(30);

pub(crate) struct Server {
    folder: TempDir,
    role: &'static str,
    pub(crate) http: SocketAddr,
    pub(crate) admin: SocketAddr,
    process: Mutex<Process>,
}

impl Server {
    /// A server over this database that has said that it is ready.
    pub(crate) async fn new(database: &str) -> Self {
        Self::with(database, "all", "").await
    }

    /// The same in a role, and with more lines of configuration.
    pub(crate) async fn with(database: &str, role: &'static str, more: &str) -> Self {
        Self::start(database, role, None, more).await
    }

    /// The same, with a section `email` of its own.
    pub(crate) async fn mailing(database: &str, email: &str) -> Self {
        Self::start(database, "all", Some(email), "").await
    }

    async fn start(database: &str, role: &'static str, email: Option<&str>, more: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (http, admin) = (free_address(), free_address());
        let to_a_folder = format!(
            r#"{{ transport = "file", from = "club@example.com", settle = "0s", file.folder = "{}" }}"#,
            folder.path().join("mail").display()
        );
        let email = email.unwrap_or(&to_a_folder);
        let config = format!(
            r#"
database.url = "{database}"
http.listen = "{http}"
admin.listen = "{admin}"
workers.lease = "3s"
sources.{MASIVO}.auth = [{{ kind = "token", token = "{TOKEN}" }}]
email = {email}
{more}
"#
        );
        let file = folder.path().join("laurel.toml");
        fs::write(&file, config).expect("a configuration");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a private file");
        let process = Mutex::new(Process::start(&folder, role).await);
        Self {
            folder,
            role,
            http,
            admin,
            process,
        }
    }

    /// SIGKILL: the process is given no chance to do anything more.
    pub(crate) async fn kill_and_restart(&self) {
        let mut process = self.process.lock().await;
        process.kill().await;
        *process = Process::start(&self.folder, self.role).await;
    }

    /// SIGSTOP: the process stands still, wherever it is.
    pub(crate) async fn suspend(&self) {
        self.process.lock().await.signal(Signal::STOP);
    }

    /// SIGCONT: it goes on from there.
    pub(crate) async fn resume(&self) {
        self.process.lock().await.signal(Signal::CONT);
    }

    /// Ends the server.
    pub(crate) async fn stop(&self) {
        self.process.lock().await.kill().await;
    }

    /// The most memory that the process has held at a time, in bytes.
    pub(crate) async fn peak_memory(&self) -> u64 {
        self.process.lock().await.peak_memory()
    }

    /// How many files and sockets the process has open.
    pub(crate) async fn open_files(&self) -> usize {
        self.process.lock().await.open_files()
    }

    pub(crate) async fn post(&self, body: &[u8]) -> std::io::Result<Answer> {
        exchange(self.http, &webhook(MASIVO, &bearer(), body)).await
    }

    /// Posts a body until it is answered 2xx, and returns the status and the id in the answer.
    pub(crate) async fn post_until_acknowledged(&self, body: &[u8]) -> (String, String) {
        loop {
            match self.post(body).await {
                Ok(answer) if answer.status == 200 => return answer.taken(),
                Ok(answer) => answer.assert_told_to_come_again(),
                Err(_) => {}
            }
            sleep(PAUSE).await;
        }
    }

    /// Every mail in the folder; there is nothing else in it.
    pub(crate) fn mails(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path().join("mail")).expect("the mail folder");
        let mut mails = Vec::new();
        for file in files {
            let file = file.expect("an entry");
            let name = file.file_name();
            // A crash may leave the temporary name of a mail that was written again.
            if !name.to_string_lossy().starts_with('.') {
                let mail = fs::read_to_string(file.path()).expect("a mail");
                // Long headers go on in the next line (RFC 5322, section 2.2.3).
                mails.push(mail.replace("\r\n ", " "));
            }
        }
        mails
    }
}

/// The header that a source with a token wants.
pub(crate) fn bearer() -> String {
    format!("Authorization: Bearer {TOKEN}\r\n")
}

/// An address that nobody listens on, of those that no outgoing connection is given either. Another process might take it
/// before we do, which is rare and loud.
pub(crate) fn free_address() -> SocketAddr {
    let candidates = std::iter::repeat_with(|| rand::rng().random_range(15_000..30_000));
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = candidates.take(1_000).find(free).expect("a free port");
    ([127, 0, 0, 1], port).into()
}

/// Waits until something is so that announces itself to nobody.
pub(crate) async fn eventually(what: &str, mut so: impl AsyncFnMut() -> bool) {
    const PATIENCE: Duration = Duration::from_mins(1);
    let waiting = async {
        while !so().await {
            sleep(PAUSE).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.unwrap_or_else(|_| panic!("in vain: {what}"));
}
