//! `laurel email preview`: the mail that a tier change makes, as files.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use laurel_notify::language;
use laurel_notify::links::by_mail;
use laurel_notify::mail::{Balance, Direction, Draft, Links, Message, TierMail, mail_address};
use laurel_payloads::{Amount, Payload, read};
use laurel_store::{Clock, Source, SystemClock};

use crate::config::Config;
use crate::{Failure, Platform, mail};

/// Whom a preview is for.
const CUSTOMER: &str = "ana@example.com";
/// The end of links that lead nowhere.
const TOKEN: &str = "preview";

/// Write the mail that a tier change makes, as a customer would get it: HTML, text and the raw message.
///
/// Nothing is sent, and no database is needed.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// The body of a webhook about a change of tier, a file.
    #[arg(long, value_name = "FILE")]
    event: PathBuf,
    /// The source whose mail it is; the first one configured, unless named.
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// The customer's language, such as pt-BR; the source's default, unless named.
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,
    /// The customer's name.
    #[arg(long, value_name = "NAME", default_value = "Ana María Pérez")]
    name: String,
    /// The folder for mail.html, mail.txt and mail.eml; made where there is none.
    #[arg(long, value_name = "DIR", default_value = "preview")]
    out: PathBuf,
    /// Open the HTML in the browser.
    #[arg(long)]
    open: bool,
}

pub(super) fn run<Q>(args: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let (clock, config) = (SystemClock, platform.config());
    let source = source(args, platform)?;
    let composer = mail::composer(config)?;
    let mut mail = tier_mail(args)?;
    if composer.brand(&source).balance {
        let rewards = vec![("Puntos".to_owned(), Amount::from_millionths(1_250_500_000))];
        mail = mail.balance(Balance {
            as_of: clock.now(),
            rewards,
        });
    }
    let to = mail_address(CUSTOMER).context("an address")?;
    let draft = Draft {
        locale: locale(args)?,
        links: links(config)?,
        ..Draft::new(clock.id(), &source, &mail, to, clock.now())
    };
    let message = composer
        .compose(&draft)
        .context("the mail cannot be written")?;
    let html = write(&args.out, &message)?;
    crate::cli::print(&format!(
        "Subject: {}\n\n{}\n\n{}\n",
        message.words.subject,
        message.words.text.trim_end(),
        html.display()
    ))?;
    if args.open {
        open(&html)?;
    }
    Ok(())
}

fn locale(args: &Args) -> Result<Option<language::LanguageIdentifier>, Failure> {
    let Some(text) = &args.locale else {
        return Ok(None);
    };
    match language::locale(text) {
        Some(locale) => Ok(Some(locale)),
        None => Err(Failure::Usage(format!(
            "`{text}` is no locale; pt-BR is one"
        ))),
    }
}

/// Links that look like those of a mail that is sent.
fn links(config: &Config) -> Result<Links, Failure> {
    let base = config.http.public_url.clone();
    let base = base.unwrap_or_else(|| format!("http://{}", config.http.listen));
    let page = |name| {
        Some(format!(
            "{}/email/{name}/{TOKEN}",
            base.trim_end_matches('/')
        ))
    };
    let mailbox = mail::unsubscribe_to(&config.email)?;
    Ok(Links {
        unsubscribe: page("unsubscribe"),
        preferences: page("preferences"),
        unsubscribe_by_mail: mailbox.map(|to| by_mail(&to, TOKEN)),
    })
}

fn source<Q>(args: &Args, platform: &Platform<Q>) -> Result<Source, Failure> {
    let sources = &platform.config().sources;
    let name = match &args.source {
        Some(name) if !sources.contains_key(name) => {
            return Err(Failure::NotFound(format!("there is no source `{name}`")));
        }
        Some(name) => name,
        None => sources.keys().next().map_or("masivo", String::as_str),
    };
    Source::new(name).map_err(|error| Failure::Usage(error.to_string()))
}

/// Reads the event; only a change of tier makes a mail.
fn tier_mail(args: &Args) -> Result<TierMail, Failure> {
    let file = args.event.display();
    let body = std::fs::read(&args.event)
        .map_err(|error| Failure::Usage(format!("{file} cannot be read: {error}")))?;
    let refuse = |why: String| Failure::Usage(format!("{file}: {why}"));
    let reading = read(&body).map_err(|error| refuse(error.to_string()))?;
    let event = reading.event.map_err(|error| refuse(error.to_string()))?;
    let (direction, change) = match &event.payload {
        Payload::TierUpgrade(change) => (Direction::Upgrade, change),
        Payload::TierDowngrade(change) => (Direction::Downgrade, change),
        _ => {
            let name = event.name.escape_debug();
            let why = format!("{name} makes no mail; TIER_UPGRADE and TIER_DOWNGRADE do");
            return Err(refuse(why));
        }
    };
    let (from, to) = (&change.from_tier_name, &change.to_tier_name);
    let mail = TierMail::new(direction, Some(&args.name), from.as_deref(), to.as_deref());
    Ok(mail.triggered_by(change.triggered_by.as_deref()))
}

/// Writes the three files, and tells where the HTML is.
fn write(folder: &Path, message: &Message) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let html = folder.join("mail.html");
    for (path, content) in [
        (&html, message.words.html.as_bytes()),
        (&folder.join("mail.txt"), message.words.text.as_bytes()),
        (&folder.join("mail.eml"), &message.raw),
    ] {
        std::fs::write(path, content)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(html)
}

fn open(html: &Path) -> anyhow::Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    };
    Command::new(program)
        .arg(html)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("{program} cannot be started"))?;
    Ok(())
}
