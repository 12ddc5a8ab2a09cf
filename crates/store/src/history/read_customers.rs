//! Reads customers.

use std::collections::HashMap;

use laurel_payloads::{CustomerId, TierId, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, Value};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, Select,
};

use crate::convert::{customer_id, parsed};
use crate::entity::customer::{Column, Entity, Model};
use crate::keyset::{self, Keyset};
use crate::{Page, PageRequest, Result, Scope, sql};

/// A customer as far as events have told of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerRecord {
    /// The brand's own id.
    pub customer_id: CustomerId,
    /// When the first event about them was received.
    pub first_seen_at: Timestamp,
    /// When the last one was.
    pub last_seen_at: Timestamp,
    /// The event that the profile is from, by `seq`; none while no profile has come.
    pub profile_seq: Option<i64>,
    /// The name, as sent.
    pub name: Option<String>,
    /// The address, as sent: not necessarily one that mail can go to.
    pub email: Option<String>,
    /// Masivo's status, such as `ACTIVE`.
    pub status: Option<String>,
    /// Whether name and address are placeholders.
    pub is_anonymous: bool,
    /// The country, as sent.
    pub country: Option<String>,
    /// When they registered.
    pub registered_at: Option<Timestamp>,
    /// What a recorded consent says of mail; none where no consent is recorded, which allows everything.
    pub consents_to_email: Option<bool>,
    /// The event that the wallet is from, by `seq`, and when it was so; none while no wallet has come.
    pub wallet: Option<(i64, Timestamp)>,
    /// The tier that they are in; none while no change of it has come.
    pub tier: Option<CurrentTier>,
}

/// The tier that a customer is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentTier {
    /// The tier; none where the change into it names none.
    pub tier_id: Option<TierId>,
    /// Since when.
    pub since: Timestamp,
    /// The tier before.
    pub previous_tier_id: Option<TierId>,
}

/// Where a page of customers starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerCursor {
    /// When the customer was first seen.
    pub first_seen_at: Timestamp,
    /// The customer.
    pub customer_id: CustomerId,
}

/// Which customers to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// Only those in this tier.
    pub tier_id: Option<TierId>,
    /// Only those with this status.
    pub status: Option<String>,
    /// Only those first seen at this time or later.
    pub first_seen_from: Option<Timestamp>,
    /// Only those first seen before this time.
    pub first_seen_to: Option<Timestamp>,
}

impl Scope {
    /// One customer, by the brand's own id, or by one that they had before.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn customer(&self, id: &CustomerId) -> Result<Option<CustomerRecord>> {
        let mut found = self.customers_by_id(std::slice::from_ref(id)).await?;
        Ok(found.remove(id))
    }

    /// The customers that these ids name, now or before they changed; unknown ones are left out.
    ///
    /// An id that has become another names the customer under that other, also where there are events under both, as
    /// soon as there is one under the other.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn customers_by_id(
        &self,
        ids: &[CustomerId],
    ) -> Result<HashMap<CustomerId, CustomerRecord>> {
        let backend = self.store().backend();
        let asked = match backend {
            DbBackend::Postgres => "unnest($2::text[]) AS asked(id)",
            _ => "(SELECT value AS id FROM json_each($2)) AS asked",
        };
        let sql = format!(
            "SELECT asked.id AS asked_id, customers.* FROM {asked} \
             LEFT JOIN customer_aliases ON customer_aliases.source = $1 AND alias_id = asked.id \
             JOIN customers ON customers.source = $1 \
               AND customers.customer_id IN (asked.id, customer_aliases.customer_id)"
        );
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let values = [self.source().as_str().into(), sql::list(backend, ids)];
        let mut found = HashMap::new();
        for row in sql::query(self.reader(), &sql, values).await? {
            let asked = customer_id(row.try_get("", "asked_id")?)?;
            let record = CustomerRecord::try_from(Model::from_query_result(&row, "")?)?;
            if record.customer_id != asked || !found.contains_key(&asked) {
                found.insert(asked, record);
            }
        }
        Ok(found)
    }

    /// A page of customers, the newest (by first sight) first.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn customers(
        &self,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerCursor>,
    ) -> Result<Page<CustomerRecord>> {
        let columns = [Column::FirstSeenAt, Column::CustomerId];
        let page = keyset::page(self.reader(), self.matching(filter), columns, page).await?;
        page.try_map(CustomerRecord::try_from)
    }

    /// How many customers a filter matches.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn count_customers(&self, filter: &CustomerFilter) -> Result<u64> {
        Ok(self.matching(filter).count(self.reader()).await?)
    }

    fn all_customers(&self) -> Select<Entity> {
        Entity::find().filter(Column::Source.eq(self.source().as_str()))
    }

    fn matching(&self, filter: &CustomerFilter) -> Select<Entity> {
        let mut select = self.all_customers();
        if let Some(tier_id) = &filter.tier_id {
            select = select.filter(Column::TierId.eq(tier_id.as_str()));
        }
        if let Some(status) = &filter.status {
            select = select.filter(Column::Status.eq(status.as_str()));
        }
        let seen = || Expr::col(Column::FirstSeenAt.as_column_ref());
        if let Some(from) = filter.first_seen_from {
            select = select.filter(seen().gte(from.micros()));
        }
        if let Some(to) = filter.first_seen_to {
            select = select.filter(seen().lt(to.micros()));
        }
        select
    }
}

impl Keyset for CustomerCursor {
    fn values(&self) -> [Value; 2] {
        [
            self.first_seen_at.micros().into(),
            self.customer_id.as_str().into(),
        ]
    }
}

impl TryFrom<Model> for CustomerRecord {
    type Error = crate::Error;

    fn try_from(model: Model) -> Result<Self> {
        let tier = |id: Option<String>| id.map(|id| parsed(TierId::try_from(id))).transpose();
        let (tier_id, previous_tier_id) = (tier(model.tier_id)?, tier(model.previous_tier_id)?);
        Ok(Self {
            customer_id: customer_id(model.customer_id)?,
            first_seen_at: Timestamp::from_micros(model.first_seen_at),
            last_seen_at: Timestamp::from_micros(model.last_seen_at),
            profile_seq: model.profile_seq,
            name: model.name,
            email: model.email,
            status: model.status,
            is_anonymous: model.is_anonymous.unwrap_or(false),
            country: model.country,
            registered_at: model.registered_at.map(Timestamp::from_micros),
            consents_to_email: model.consents_to_email,
            wallet: model
                .wallet_seq
                .zip(model.wallet_as_of.map(Timestamp::from_micros)),
            tier: model.tier_since.map(|since| CurrentTier {
                tier_id,
                since: Timestamp::from_micros(since),
                previous_tier_id,
            }),
        })
    }
}
