//! `laurel audit`: what was changed by hand, and by whom.

use std::fmt::Write;

use laurel_store::{AuditRecord, Source, Store};

use super::keys::known;
use crate::{Failure, Platform};

/// How many are read at a time.
const PAGE: u32 = 500;

/// List what was done by hand (erased, suppressed, sent anew, replayed, tokens issued, signing keys replaced), oldest first: when, by which key, to what, and
/// what came of it.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Only to this source's data.
    #[arg(long)]
    source: Option<String>,
}

pub(super) async fn run<Q>(args: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let source = args.source.as_ref();
    let source = source.map(|name| known(name, platform.config()));
    let source = source.transpose()?;
    let store = platform.store().await?;
    let listed = list(&store, source.as_ref()).await;
    store.close().await?;
    listed
}

async fn list(store: &Store, source: Option<&Source>) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = store.audit_log(source, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        super::print(&table(&page))?;
        after = Some(last.id);
    }
}

fn table(records: &[AuditRecord]) -> String {
    let mut text = String::new();
    for record in records {
        let target = record.target.escape_debug();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}  {}  {}  {}  {target}  {}",
            record.at, record.source, record.who, record.action, record.outcome
        );
    }
    text
}
