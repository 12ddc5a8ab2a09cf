//! The API's field: `{ stamps(customer: "ana-0042") }`

use async_graphql::{Context, ID, MergedObject, Object, Result};
use laurel_graphql::{Asker, QueryRoot};

use crate::{Settings, table};

/// Laurel's fields and the café's: the root is always called `Query`.
#[derive(MergedObject)]
pub struct Query(QueryRoot, CafeQuery);

impl Query {
    /// The café's fields by its settings.
    pub fn new(settings: Settings) -> Self {
        Self(QueryRoot, CafeQuery(settings))
    }
}

struct CafeQuery(Settings);

/// A customer's card.
#[derive(async_graphql::SimpleObject)]
struct Card {
    /// The stamps that it ever had.
    stamps: i64,
    /// The coffees that they were good for.
    coffees: i64,
}

#[Object]
impl CafeQuery {
    /// A customer's card; an empty one where they have bought nothing yet.
    async fn stamps(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The customer, by the brand's own id.")] customer: ID,
    ) -> Result<Card> {
        let asker = Asker::of(context);
        let scope = asker.scope();
        let stamps = table::stamps(scope.store(), scope.source(), &customer).await;
        let stamps = stamps.map_err(|error| asker.failed(&error))?;
        let coffees = stamps / i64::from(self.0.stamps_for_a_coffee.max(1));
        Ok(Card { stamps, coffees })
    }
}
