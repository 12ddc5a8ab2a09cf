//! `[email]`: who is written to, and how the mail leaves.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Address, Brand, Dkim, duration};

/// How customers are written to when their tier changes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Email {
    /// How mail leaves.
    pub transport: Transport,
    /// The sender, such as `Café Central <club@example.com>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How long to wait for a further change of the same customer; the mail tells the net change.
    #[serde(with = "duration")]
    #[schemars(with = "String")]
    pub settle: Duration,
    /// Tier mails are part of the contract with the customer and need no `email_marketing` consent.
    pub transactional: bool,
    /// Write when a customer's tier rises.
    pub upgrade: bool,
    /// Write when a customer's tier falls.
    pub downgrade: bool,
    /// Where mail that cannot be delivered comes back to; the address of `from`, unless set. Each message has its own:
    /// `bounces@example.com` receives `bounces+<id>@example.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_path: Option<String>,
    /// Where a mail can be sent to that stops the mails, named in `List-Unsubscribe` beside the page; hand its mailbox to
    /// `laurel email bounces import`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribe_to: Option<String>,
    /// How fast the mail of each source goes out, from each copy: `"20/s"`, `"600/m"`, `"10000/h"`; as fast as the relay
    /// takes it, unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// The keys that mails are signed with.
    pub dkim: Dkim,
    /// A folder with templates and messages in place of those that are built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub templates: Option<PathBuf>,
    /// How mails look, whom they speak for, and in which language.
    pub brand: Brand,
    /// The relay, for `transport = "smtp"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<Smtp>,
    /// The folder, for `transport = "file"`.
    pub file: FileTransport,
}

impl Default for Email {
    fn default() -> Self {
        Self {
            transport: Transport::None,
            from: None,
            settle: Duration::from_mins(1),
            transactional: false,
            upgrade: true,
            downgrade: true,
            return_path: None,
            unsubscribe_to: None,
            rate: None,
            dkim: Dkim::default(),
            templates: None,
            brand: Brand::default(),
            smtp: None,
            file: FileTransport::default(),
        }
    }
}

/// The ways for mail to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Through a relay.
    Smtp,
    /// As `.eml` files in a folder, for development.
    File,
    /// Not at all: tier changes wait in the outbox.
    None,
}

/// The relay that carries the mail.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// `smtp://user:password@relay:587` (STARTTLS), `smtps://…:465` (TLS from the start);
    /// `?tls=none` on loopback only.
    pub url: Address,
    /// Certificates to trust beside the usual ones, a PEM file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// How many connections each copy has open at a time.
    #[serde(default = "Smtp::connections")]
    pub connections: NonZeroU32,
    /// The name given to the relay; the machine's own, unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hello: Option<String>,
}

impl Smtp {
    fn connections() -> NonZeroU32 {
        NonZeroU32::new(4).unwrap_or(NonZeroU32::MIN)
    }
}

/// The folder that mail is written to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FileTransport {
    /// One `.eml` file a message; made when it does not exist.
    pub folder: PathBuf,
}

impl Default for FileTransport {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("mail"),
        }
    }
}
