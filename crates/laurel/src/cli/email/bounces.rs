//! `laurel email bounces import`: takes in what mail servers sent back.

use std::path::{Path, PathBuf};

use laurel_notify::bounces::mailbox::{self, Messages};
use laurel_notify::bounces::{Importer, Summary};
use laurel_store::Store;

use crate::{Failure, Platform};

/// Take in the mails that came back: who does not exist, or complained, is not written to any more.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    Import(Import),
}

/// Read a mailbox with delivery reports (RFC 3464) and complaints (RFC 5965).
///
/// The mailbox is left as it is. An import may be repeated, or go on where it was interrupted: what was taken in before
/// is counted, and not done again.
#[derive(Clone, Debug, clap::Args)]
struct Import {
    /// An mbox file, or a Maildir folder.
    path: PathBuf,
    /// What it is; a folder is a Maildir, and a file an mbox, unless this says so.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// One file, in which each message begins with a line `From …`.
    Mbox,
    /// A folder with the folders `new` and `cur`, in which each message is a file.
    Maildir,
}

pub(super) async fn run<Q>(args: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let What::Import(args) = args.what;
    let messages = open(&args.path, args.format)
        .map_err(|error| Failure::Usage(format!("{}: {error}", args.path.display())))?;
    let store = platform.store().await?;
    let imported = import(&store, messages).await;
    store.close().await?;
    super::super::print(&imported?.to_string())
}

fn open(path: &Path, format: Option<Format>) -> std::io::Result<Messages> {
    let format = format.unwrap_or(if path.is_dir() {
        Format::Maildir
    } else {
        Format::Mbox
    });
    match format {
        Format::Mbox => mailbox::mbox(path),
        Format::Maildir => mailbox::maildir(path),
    }
}

async fn import(store: &Store, messages: Messages) -> Result<Summary, Failure> {
    let importer = Importer::open(store).await?;
    let mut summary = Summary::default();
    for message in messages {
        summary.add(importer.take(&message?).await?);
    }
    Ok(summary)
}
