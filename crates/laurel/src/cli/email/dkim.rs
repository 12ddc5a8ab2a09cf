//! `laurel email dkim`: keys to sign mail with, and what the sender's domain publishes of them.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use laurel_notify::dkim::{DkimKey, Selector, Signer};
use laurel_notify::mail::sender_domain;
use secrecy::ExposeSecret as _;

use crate::cli::print;
use crate::config::Email;
use crate::{Failure, Platform, mail};

/// The longest text that a TXT record holds in one piece (RFC 1035 §3.3).
const LONGEST_TEXT: usize = 255;

/// Make a key to sign mail with, and print the DNS record that publishes its other half.
///
/// Without an option the records of the configured keys are printed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Make an Ed25519 key, and keep it in this file, which must not exist.
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    new: Option<PathBuf>,
    /// Take the key in this file: Ed25519 or RSA, in PEM.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The name that the domain is to publish the key under.
    #[arg(long, value_name = "NAME", default_value = "laurel")]
    selector: Selector,
    /// The domain; that of `email.from`, unless named.
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

pub(super) fn run<Q>(args: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let email = &platform.config().email;
    let domain = domain(args, email)?;
    let (file, key) = match (&args.new, &args.key) {
        (Some(file), _) => {
            make(file)?;
            (file, mail::read_key(file))
        }
        (None, Some(file)) => (file, mail::read_key(file)),
        (None, None) => return configured(email, &domain),
    };
    let key = key.map_err(Failure::Usage)?;
    let selector = args.selector.clone();
    print(&record(&Signer { selector, key }, &domain))?;
    eprintln!(
        "\nWhen {domain} publishes it, sign with it:\n\n[email.dkim]\nkeys = [{{ selector = \"{}\", key_file = \"{}\" }}]",
        args.selector,
        file.display()
    );
    Ok(())
}

/// The domain that the mail is signed for.
fn domain(args: &Args, email: &Email) -> Result<String, Failure> {
    if let Some(domain) = args.domain.as_ref().or(email.dkim.domain.as_ref()) {
        return Ok(domain.clone());
    }
    let from = email.from.as_deref().ok_or_else(|| {
        let missing = "--domain is missing, and email.from is not set: whose mail is to be signed?";
        Failure::Usage(missing.to_owned())
    })?;
    sender_domain(from).map_err(|error| Failure::Usage(format!("email.from: {error}")))
}

/// Prints the records of the keys that are in use.
fn configured(email: &Email, domain: &str) -> Result<(), Failure> {
    let dkim = mail::dkim(email)?;
    if dkim.signers().is_empty() {
        let none = "no key is configured in [email.dkim]; `laurel email dkim --new FILE` makes one";
        return Err(Failure::Usage(none.to_owned()));
    }
    let records = dkim.signers().iter().map(|signer| record(signer, domain));
    print(&records.collect::<String>())
}

/// A line of a zone file. A long text stands in pieces, which resolvers put together again.
fn record(signer: &Signer, domain: &str) -> String {
    let text = signer.key.record();
    let pieces = text.as_bytes().chunks(LONGEST_TEXT);
    let pieces = pieces.map(|piece| format!("\"{}\"", String::from_utf8_lossy(piece)));
    let pieces = pieces.collect::<Vec<_>>().join(" ");
    format!("{}. IN TXT {pieces}\n", signer.selector.record_name(domain))
}

/// Keeps a new key in `file`, for its owner alone.
fn make(file: &Path) -> Result<(), Failure> {
    let key = DkimKey::generate().context("a key")?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let refuse = |error| Failure::Usage(format!("{}: {error}", file.display()));
    let mut file = options.open(file).map_err(refuse)?;
    file.write_all(key.expose_secret().as_bytes())?;
    Ok(())
}
