//! Mail as it is configured: how it is sent, the keys that sign it, and the brands it is written for.

use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::Context as _;
use laurel_notify::dkim::{Dkim, DkimKey, Signer};
use laurel_notify::mail::{Address, Brands, Composer, mail_address};
use laurel_notify::smtp::SmtpSettings;
use laurel_notify::{Channel, FileChannel, Settings, SmtpChannel};
use laurel_store::Source;

use crate::Failure;
use crate::config::{self, Config, Email, Smtp, Transport};

/// Who a mail is from that is written only to be looked at, where the configuration does not say.
const SENDER: &str = "club@example.com";

/// Workers for each connection: while one message is with the relay, the next ones are decided on and written.
const WORKERS: usize = 3;

/// How messages are sent.
pub(crate) fn settings(config: &Config) -> Result<Settings, Failure> {
    let email = &config.email;
    let connections = email.smtp.as_ref().map_or(1, connections);
    Ok(Settings {
        dkim: dkim(email)?,
        brands: brands(config)?,
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

/// Where a mail that stops the mails is sent to.
pub(crate) fn unsubscribe_to(email: &Email) -> Result<Option<Address>, Failure> {
    let address = email
        .unsubscribe_to
        .as_deref()
        .map(mail_address)
        .transpose();
    address.map_err(|error| Failure::Usage(format!("email.unsubscribe_to: {error}")))
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

/// The brands of all sources.
pub(crate) fn brands(config: &Config) -> Result<Brands, Failure> {
    let email = &config.email;
    let brand_of = |brand: &config::Brand, section: &str| {
        brand
            .read(email.templates.as_ref())
            .map_err(|(key, problem)| Failure::Usage(format!("{section}.brand.{key}: {problem}")))
    };
    let mut brands = Brands {
        common: brand_of(&email.brand, "email")?,
        ..Brands::default()
    };
    for (name, source) in &config.sources {
        if let Some(own) = &source.brand {
            let name = Source::new(name).map_err(|error| Failure::Usage(error.to_string()))?;
            let brand = brand_of(&own.over(&email.brand), &format!("sources.{name}"))?;
            brands.of_source.insert(name, brand);
        }
    }
    Ok(brands)
}

/// Writes mails as the server would; every template is tried out.
pub(crate) fn composer(config: &Config) -> Result<Composer, Failure> {
    let from = config.email.from.as_deref().unwrap_or(SENDER);
    let composer = Composer::new(from, &brands(config)?);
    let composer = composer.map_err(|error| Failure::Usage(format!("email: {error}")))?;
    let return_path = read("return_path", config.email.return_path.as_deref())?;
    Ok(composer
        .signed(dkim(&config.email)?)
        .returning_to(return_path))
}
