//! Who asks, for the fields that an extension adds.

use std::error::Error;

use async_graphql::{Context, Result};
use laurel_store::Scope;

use crate::asking::Asking;

/// Who asks, and what they may see. A field of an extension reads through [`Asker::scope`], so that no tenant sees
/// another's rows, and hands its failures to [`Asker::failed`], so that no client sees our insides.
///
/// ```
/// use async_graphql::{Context, Object, Result};
/// use laurel_graphql::Asker;
///
/// #[derive(Default)]
/// struct Newest;
///
/// #[Object]
/// impl Newest {
///     /// The names of all rewards.
///     async fn reward_names(&self, context: &Context<'_>) -> Result<Vec<String>> {
///         let asker = Asker::of(context);
///         let rewards = asker.scope().rewards().await;
///         let rewards = rewards.map_err(|error| asker.failed(&error))?;
///         Ok(rewards.into_iter().filter_map(|reward| reward.name).collect())
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Asker<'a>(&'a Asking);

impl<'a> Asker<'a> {
    /// The asker behind a field.
    ///
    /// ```
    /// use async_graphql::{Context, Object};
    /// use laurel_graphql::Asker;
    ///
    /// struct Whose;
    ///
    /// #[Object]
    /// impl Whose {
    ///     /// The source that the key opens.
    ///     async fn source(&self, context: &Context<'_>) -> String {
    ///         Asker::of(context).scope().source().to_string()
    ///     }
    /// }
    /// ```
    pub fn of(context: &Context<'a>) -> Self {
        Self(Asking::of(context))
    }

    /// The one source that can be read.
    ///
    /// ```
    /// # async fn example(asker: laurel_graphql::Asker<'_>) -> async_graphql::Result<()> {
    /// let scope = asker.scope();
    /// let tiers = scope.tiers().await.map_err(|error| asker.failed(&error))?;
    /// // Tables of one's own: with the source in their `WHERE`.
    /// let (connection, source) = (scope.store().connection(), scope.source());
    /// # Ok(())
    /// # }
    /// ```
    pub fn scope(&self) -> &'a Scope {
        &self.0.scope
    }

    /// Lets operators pass.
    ///
    /// # Errors
    /// `FORBIDDEN`: the key has not the scope `operate`.
    ///
    /// ```
    /// # fn example(asker: laurel_graphql::Asker<'_>) -> async_graphql::Result<()> {
    /// asker.operator()?; // what follows is for operators only
    /// # Ok(())
    /// # }
    /// ```
    pub fn operator(&self) -> Result<()> {
        Ok(self.0.operator()?)
    }

    /// Logs a failure, once, and makes of it what a client may read: `INTERNAL` and the request's id.
    ///
    /// ```
    /// # fn example(asker: laurel_graphql::Asker<'_>) -> async_graphql::Result<u32> {
    /// "many".parse().map_err(|error| asker.failed(&error))
    /// # }
    /// ```
    pub fn failed(&self, error: &(dyn Error + 'static)) -> async_graphql::Error {
        self.0.failed(error).into()
    }
}
