//! The demo's way out for mail: the folder of `transport = "file"`, and a look at what goes there.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use async_trait::async_trait;
use laurel_notify::mail::Message;
use laurel_notify::{Channel, Delivery, Failure, FileChannel, Hold};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A mail that was written.
pub(super) struct Mail {
    to: String,
    /// Its subject and its plain text.
    pub(super) text: String,
    /// The whole of it.
    pub(super) path: PathBuf,
}

/// Mail as it is written.
pub(super) struct Mailbox(UnboundedReceiver<Mail>);

/// Writes mail to a folder and shows it to the mailbox.
pub(super) struct Shown {
    folder: PathBuf,
    files: FileChannel,
    mailbox: UnboundedSender<Mail>,
}

pub(super) fn open(folder: &Path) -> io::Result<(Shown, Mailbox)> {
    let files = FileChannel::new(folder)?;
    let (mailbox, mails) = unbounded_channel();
    Ok((
        Shown {
            folder: folder.to_owned(),
            files,
            mailbox,
        },
        Mailbox(mails),
    ))
}

#[async_trait]
impl Channel for Shown {
    fn name(&self) -> &'static str {
        self.files.name()
    }

    async fn deliver(&self, message: &Message, hold: &Hold) -> Result<Delivery, Failure> {
        let delivery = self.files.deliver(message, hold).await?;
        let to = message.recipient.to_string();
        let text = format!(
            "To: {to}\nSubject: {}\n\n{}",
            message.words.subject,
            message.words.text.trim_end()
        );
        // The demo may have seen enough.
        let _ = self.mailbox.send(Mail {
            to,
            text,
            path: self.folder.join(&delivery.text),
        });
        Ok(delivery)
    }
}

impl Mailbox {
    /// The next mail to this address.
    pub(super) async fn mail_to(&mut self, address: &str) -> anyhow::Result<Mail> {
        while let Some(mail) = self.0.recv().await {
            if mail.to == address {
                return Ok(mail);
            }
        }
        Err(anyhow!("the server stopped"))
    }
}
