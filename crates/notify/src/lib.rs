//! Tier changes into outbox messages, outbox messages into mail.
#![doc = include_str!("../README.md")]

pub mod bounces;
mod channel;
pub mod dkim;
mod file;
pub mod language;
pub mod links;
pub mod mail;
pub mod pages;
mod sender;
pub mod smtp;
mod subscriber;

pub use channel::{Channel, Delivery, Failure, Hold, Refusal};
pub use file::FileChannel;
pub use sender::{InvalidRate, Rate, SendError, Sender, Settings};
pub use smtp::SmtpChannel;
pub use subscriber::MailSubscriber;

/// The outbox channel whose messages are sent as mail.
///
/// ```
/// use laurel_notify::{Channel, FileChannel, MAIL};
///
/// # let folder = std::env::temp_dir().join(format!("mail-{}", std::process::id()));
/// let channel = FileChannel::new(&folder)?;
/// assert_eq!(channel.name(), MAIL);
/// # std::fs::remove_dir(folder)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub const MAIL: &str = "mail";
