//! `FileChannel`: mail as files in a folder, for development. One `.eml` a message, nothing else.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::mail::Message;
use crate::{Channel, Delivery, Failure, Hold, MAIL, Refusal};

const WRITE: &str = "write";

/// Writes each message to `<outbox id>.eml`.
///
/// A file appears whole: it is written under a name that begins with a dot, synced and renamed. The
/// same message again replaces its file.
///
/// ```
/// use laurel_notify::FileChannel;
///
/// # let folder = std::env::temp_dir().join(format!("mails-{}", std::process::id()));
/// let channel = FileChannel::new(&folder)?;
/// assert!(folder.is_dir());
/// # std::fs::remove_dir(folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileChannel {
    folder: PathBuf,
}

impl FileChannel {
    /// Makes the folder where there is none.
    ///
    /// # Errors
    ///
    /// The folder cannot be made.
    pub fn new(folder: impl Into<PathBuf>) -> io::Result<Self> {
        let folder = folder.into();
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    fn relay(&self) -> String {
        self.folder.display().to_string()
    }

    fn failed(&self, text: String) -> Failure {
        Failure::Transient(Refusal {
            relay: self.relay(),
            step: WRITE,
            code: None,
            text,
        })
    }
}

#[async_trait]
impl Channel for FileChannel {
    fn name(&self) -> &'static str {
        MAIL
    }

    async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        if hold.has_ended() {
            return Err(Failure::late(self.relay(), WRITE));
        }
        let (folder, name, raw) = (
            self.folder.clone(),
            format!("{}.eml", message.id),
            message.raw.clone(),
        );
        let written = {
            let name = name.clone();
            tokio::task::spawn_blocking(move || write(&folder, &name, &raw)).await
        };
        match written {
            Ok(Ok(())) => Ok(Delivery {
                relay: self.relay(),
                code: None,
                text: name,
            }),
            Ok(Err(error)) => Err(self.failed(error.to_string())),
            Err(error) => Err(self.failed(error.to_string())),
        }
    }
}

fn write(folder: &Path, name: &str, raw: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(format!(".{name}"));
    let mut file = File::create(&unfinished)?;
    file.write_all(raw)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))?;
    // The rename is durable once the folder is.
    File::open(folder)?.sync_all()
}
