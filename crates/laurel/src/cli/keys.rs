//! `laurel keys`: who may ask the API, and the keys that Laurel itself signs with.

mod rotate;

use std::fmt::Write;

use anyhow::Context;
use clap::ValueEnum;
use laurel_store::{ApiKeyRecord, KeyScope, Source, Store};

use crate::config::Config;
use crate::{Failure, Platform};

/// Make, list and revoke API keys; replace the keys that Laurel signs with.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Make a key and print it, once: only its hash is kept.
    Create {
        /// The source whose customers it may ask about.
        #[arg(long)]
        source: String,
        /// What it may do.
        #[arg(long, value_delimiter = ',', default_value = "read")]
        scope: Vec<Scope>,
        /// What to call it, to know it again.
        #[arg(long)]
        name: Option<String>,
    },
    /// List the keys, without the keys themselves.
    List {
        /// Only this source's.
        #[arg(long)]
        source: Option<String>,
    },
    /// End a key, by the id that `list` shows.
    Revoke {
        /// The key's id.
        id: String,
    },
    /// Replace a key that Laurel signs with, beside running servers.
    Rotate(rotate::Args),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Scope {
    /// Ask about customers and the programme.
    Read,
    /// See the event log, and replay what failed.
    Operate,
    /// Change what is kept.
    Admin,
}

impl From<Scope> for KeyScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Read => Self::Read,
            Scope::Operate => Self::Operate,
            Scope::Admin => Self::Admin,
        }
    }
}

pub(super) async fn run<Q>(args: Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let config = platform.config();
    match args.what {
        What::Create {
            source,
            scope,
            name,
        } => {
            let source = known(&source, config)?;
            let mut scopes: Vec<KeyScope> = scope.into_iter().map(KeyScope::from).collect();
            scopes.sort();
            scopes.dedup();
            let store = platform.store().await?;
            let (_, key) = store
                .create_api_key(&source, name.as_deref(), &scopes)
                .await?;
            store.close().await?;
            super::print(&format!("{key}\n"))
        }
        What::List { source } => {
            let source = source.map(|name| known(&name, config)).transpose()?;
            let store = platform.store().await?;
            let keys = store.api_keys(source.as_ref()).await?;
            store.close().await?;
            super::print(&table(&keys))
        }
        What::Revoke { id } => {
            let store = platform.store().await?;
            let revoked = revoke(&store, &id).await;
            store.close().await?;
            revoked
        }
        What::Rotate(args) => rotate::run(&args, platform).await,
    }
}

/// A source that is configured: a key for any other would answer nothing.
pub(super) fn known(name: &str, config: &Config) -> Result<Source, Failure> {
    if !config.sources.contains_key(name) {
        let known: Vec<&str> = config.sources.keys().map(String::as_str).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        return Err(Failure::NotFound(format!(
            "source `{name}` is not configured; configured: {known}"
        )));
    }
    Ok(Source::new(name).context("a source's name")?)
}

async fn revoke(store: &Store, id: &str) -> Result<(), Failure> {
    let unknown = || Failure::NotFound(format!("there is no key {id} that could be revoked"));
    let id = id.parse().map_err(|_| unknown())?;
    if store.revoke_api_key(id).await? {
        super::print(&format!("revoked {id}\n"))
    } else {
        Err(unknown())
    }
}

fn table(keys: &[ApiKeyRecord]) -> String {
    let mut text = String::new();
    for key in keys {
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let state = match (key.revoked_at, key.last_used_at) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(at)) => format!("last used {at}"),
            (None, None) => "never used".to_owned(),
        };
        let name = key.name.as_deref().unwrap_or("-").escape_debug();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}  {}  {}  {name}  made {}  {state}",
            key.id,
            key.source,
            scopes.join(","),
            key.created_at
        );
    }
    text
}
