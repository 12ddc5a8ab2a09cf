//! What is kept of a mutation: who did what to what, and what came of it.

use async_graphql::Result;

use crate::asking::{Asking, Failed};
use crate::caller::Caller;
use crate::error::Refusal;

/// A mutation under way. However it ends, a row in the audit log says so.
pub(super) struct Deed<'a> {
    asking: &'a Asking,
    action: &'static str,
    target: String,
}

impl<'a> Deed<'a> {
    /// `target` is an id, never an address or a name.
    pub(super) fn new(asking: &'a Asking, action: &'static str, target: impl Into<String>) -> Self {
        Self {
            asking,
            action,
            target: target.into(),
        }
    }

    /// Lets pass who may; who may not has tried, which is kept, too.
    pub(super) async fn allowed(&self, may: Result<(), Refusal>) -> Result<()> {
        if may.is_err() {
            self.ended("forbidden").await?;
        }
        Ok(may?)
    }

    /// Keeps what came of it, as a short code.
    pub(super) async fn ended(&self, outcome: &str) -> Result<(), Failed> {
        let who = match &self.asking.caller {
            Caller::Key(key) => format!("key:{key}"),
            Caller::Customer(_) => "customer".to_owned(),
        };
        let deed = laurel_store::Deed {
            source: self.asking.scope.source().clone(),
            who,
            action: self.action,
            target: self.target.clone(),
            outcome: outcome.to_owned(),
        };
        self.asking
            .read(self.asking.scope.store().audit(&deed).await)
    }
}
