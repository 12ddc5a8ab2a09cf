//! The accounts of the configuration, ready to be asked.

use std::sync::Arc;

use laurel_store::{Clock, Scope, Source, Store};

use crate::client::Client;
use crate::{Error, Settings};

/// One account: where to ask, and whose rows it is about.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) source: Source,
    pub(crate) client: Client,
    /// Whether unknown customers are looked up by themselves.
    pub(crate) enrich: bool,
}

impl Asked {
    pub(crate) fn scope(&self, store: &Store) -> Scope {
        store.scope(&self.source)
    }
}

/// Every account that is configured.
pub(crate) fn all(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Vec<Asked>, Error> {
    let accounts = settings.by_source().map(|account| {
        let (source, account) = account?;
        let client = Client::new(source.as_str(), account, clock.clone())?;
        Ok(Asked {
            source,
            client,
            enrich: account.enrich,
        })
    });
    accounts.collect()
}

/// The account that a command line names, or all of them.
pub(crate) fn named(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
    name: Option<&str>,
) -> Result<Vec<Asked>, Error> {
    let mut accounts = all(settings, clock)?;
    if accounts.is_empty() {
        let text = "no account is configured; see [extensions.masivo_api.accounts.SOURCE] in docs/configuration.md";
        return Err(Error::Usage(text.to_owned()));
    }
    if let Some(name) = name {
        accounts.retain(|account| account.source.as_str() == name);
    }
    if accounts.is_empty() {
        return Err(Error::Usage(
            "no account is configured for that source".to_owned(),
        ));
    }
    Ok(accounts)
}
