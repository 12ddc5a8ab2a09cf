//! `laurel serve` as a process of its own, which can be killed.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

const TOKEN: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";
/// Everything that is waited for has come by then, or the test has failed.
const PATIENCE: Duration = Duration::from_mins(2);
/// Bounds one exchange with a server that may be gone.
const EXCHANGE: Duration = Duration::from_secs(5);

pub(crate) struct Server {
    folder: TempDir,
    http: SocketAddr,
    admin: SocketAddr,
    process: Mutex<Child>,
    deadline: Instant,
}

impl Server {
    /// A server over this database that has answered that it is ready.
    pub(crate) fn new(database: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (http, admin) = (free_address(), free_address());
        let config = format!(
            r#"
database.url = "{database}"
http.listen = "{http}"
admin.listen = "{admin}"
workers.lease = "3s"
sources.masivo.auth = [{{ kind = "token", token = "{TOKEN}" }}]
email = {{ transport = "file", from = "club@example.com", settle = "0s", file.folder = "{mail}" }}
"#,
            mail = folder.path().join("mail").display(),
        );
        let file = folder.path().join("laurel.toml");
        fs::write(&file, config).expect("a configuration");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a private file");
        let process = Mutex::new(start(&folder));
        let server = Self {
            folder,
            http,
            admin,
            process,
            deadline: Instant::now() + PATIENCE,
        };
        server.await_ready();
        server
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// SIGKILL: the process is given no chance to do anything more.
    pub(crate) fn kill_and_restart(&self) {
        let mut process = self.process.lock().expect("a process");
        process.kill().expect("a process to kill");
        process.wait().expect("its end");
        *process = start(&self.folder);
        drop(process);
        self.await_ready();
    }

    /// Ends the server.
    pub(crate) fn stop(&self) -> io::Result<()> {
        let mut process = self.process.lock().expect("a process");
        process.kill()?;
        process.wait().map(drop)
    }

    /// Posts a body until it is answered 2xx, and returns the id in the answer.
    pub(crate) fn post_until_acknowledged(&self, body: &[u8]) -> String {
        loop {
            if let Ok(answer) = self.post(body)
                && answer.starts_with("HTTP/1.1 200")
            {
                let id = answer
                    .split(r#""id":""#)
                    .nth(1)
                    .and_then(|rest| rest.split('"').next());
                return id.unwrap_or_else(|| panic!("an id in {answer}")).to_owned();
            }
            assert!(Instant::now() < self.deadline, "no answer to a post");
            thread::yield_now();
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

    fn post(&self, body: &[u8]) -> io::Result<String> {
        let head = format!(
            "POST /webhooks/masivo HTTP/1.1\r\nHost: laurel\r\nAuthorization: Bearer {TOKEN}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        exchange(self.http, &[head.as_bytes(), body].concat())
    }

    fn await_ready(&self) {
        let request = b"GET /readyz HTTP/1.1\r\nHost: laurel\r\nConnection: close\r\n\r\n";
        while !exchange(self.admin, request).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
        {
            let ended = self
                .process
                .lock()
                .expect("a process")
                .try_wait()
                .expect("a state");
            assert!(ended.is_none(), "the server ended: {ended:?}");
            assert!(Instant::now() < self.deadline, "the server is not ready");
            thread::yield_now();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop());
    }
}

fn start(folder: &TempDir) -> Child {
    Command::new(env!("CARGO_BIN_EXE_laurel"))
        .arg("--config")
        .arg(folder.path().join("laurel.toml"))
        .arg("serve")
        .env("LAUREL__LOG__FILTER", "warn")
        .stdin(Stdio::null())
        .spawn()
        .expect("a server process")
}

/// An address that nobody listens on. Another process might take it before we do, which is rare and loud.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address")
}

fn exchange(address: SocketAddr, request: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, EXCHANGE)?;
    stream.set_read_timeout(Some(EXCHANGE))?;
    stream.set_write_timeout(Some(EXCHANGE))?;
    stream.write_all(request)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
