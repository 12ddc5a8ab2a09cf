//! Mail as it is configured: the keys that sign it.

use std::fmt::Display;
use std::path::Path;

use laurel_notify::dkim::{Dkim, DkimKey, Signer};

use crate::Failure;
use crate::config::Email;

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
