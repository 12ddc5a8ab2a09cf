//! Mail as it is configured: how it is sent, and the keys that sign it.

use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context as _;
use laurel_notify::dkim::{Dkim, DkimKey, Signer};
use laurel_notify::smtp::SmtpSettings;
use laurel_notify::{Channel, FileChannel, Settings, SmtpChannel};

use crate::Failure;
use crate::config::{Config, Email, Smtp, Transport};

/// Workers for each connection: while one message is with the relay, the next is written and the one before recorded.
const WORKERS: usize = 3;

/// How messages are sent.
pub(crate) fn settings(config: &Config) -> Result<Settings, Failure> {
    let email = &config.email;
    let connections = email.smtp.as_ref().map_or(1, connections);
    Ok(Settings {
        dkim: dkim(email)?,
        return_path: read("return_path", email.return_path.as_deref())?,
        rate: read("rate", email.rate.as_deref())?,
        settle: email.settle,
        upgrades: email.upgrade,
        downgrades: email.downgrade,
        transactional: email.transactional,
        lease: config.workers.lease,
        workers: WORKERS * connections,
        ..Settings::new(email.from.clone().unwrap_or_default())
    })
}

/// How mail leaves; not at all where nothing is configured.
pub(crate) fn channel(email: &Email) -> Result<Option<Arc<dyn Channel>>, Failure> {
    match (email.transport, &email.smtp) {
        (Transport::File, _) => {
            let folder = &email.file.folder;
            let channel = FileChannel::new(folder).with_context(|| {
                format!("email.file.folder: {} cannot be used", folder.display())
            })?;
            Ok(Some(Arc::new(channel)))
        }
        (Transport::Smtp, Some(relay)) => {
            let channel = SmtpChannel::new(smtp(relay)?)
                .map_err(|error| Failure::Usage(format!("email.smtp.ca_file: {error}")))?;
            Ok(Some(Arc::new(channel)))
        }
        _ => Ok(None),
    }
}

/// The relay, and how it is spoken to.
pub(crate) fn smtp(smtp: &Smtp) -> Result<SmtpSettings, Failure> {
    let relay = smtp.url.expose().parse();
    let relay = relay.map_err(|error| Failure::Usage(format!("email.smtp.url: {error}")))?;
    Ok(SmtpSettings {
        ca_file: smtp.ca_file.clone(),
        connections: connections(smtp),
        hello: smtp.hello.clone(),
        ..SmtpSettings::new(relay)
    })
}

fn connections(smtp: &Smtp) -> usize {
    smtp.connections.get().try_into().unwrap_or(usize::MAX)
}

fn read<T: FromStr<Err: Display>>(key: &str, text: Option<&str>) -> Result<Option<T>, Failure> {
    let read = text.map(str::parse).transpose();
    read.map_err(|error| Failure::Usage(format!("email.{key}: {error}")))
}

/// The keys that mails are signed with, read.
pub(crate) fn dkim(email: &Email) -> Result<Dkim, Failure> {
    let configured = &email.dkim;
    let signer = |(index, key): (usize, &crate::config::DkimKey)| {
        let refuse = |name: &str, problem: &dyn Display| {
            Failure::Usage(format!("email.dkim.keys.{index}.{name}: {problem}"))
        };
        let selector = key.selector.parse();
        let selector = selector.map_err(|error| refuse("selector", &error))?;
        let key = match (&key.key, &key.key_file) {
            (Some(key), _) => {
                DkimKey::from_pem(key.expose()).map_err(|error| refuse("key", &error))?
            }
            (None, Some(file)) => read_key(file).map_err(|error| refuse("key_file", &error))?,
            (None, None) => return Err(refuse("key_file", &"is missing")),
        };
        Ok(Signer { selector, key })
    };
    let signers = configured.keys.iter().enumerate().map(signer);
    let signers = signers.collect::<Result<_, Failure>>()?;
    Ok(Dkim::new(configured.domain.as_deref(), signers))
}

/// Reads a private key from a file. What went wrong is for its operator, and repeats no key.
pub(crate) fn read_key(file: &Path) -> Result<DkimKey, String> {
    let path = file.display();
    let pem = std::fs::read_to_string(file).map_err(|error| format!("{path}: {error}"))?;
    DkimKey::from_pem(&pem).map_err(|error| format!("{path} {error}"))
}
