//! Reads customers.

use std::collections::HashMap;

use laurel_payloads::{CustomerId, TierId, Timestamp};
use sea_orm::{DbBackend, FromQueryResult, QueryResult, Value};

use super::read_wallets::{BalanceRecord, balances_from, balances_of_c};
use crate::convert::{customer_id, parsed};
use crate::entity::customer::Model;
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
    /// What that wallet holds, by reward. A reward that it does not list is not listed here: it is zero.
    pub balances: Vec<BalanceRecord>,
    /// The tier that they are in; none while no change of it has come.
    pub tier: Option<CurrentTier>,
    /// Every id under which there may be something about them: their own, and then those that they had before.
    pub ids: Vec<CustomerId>,
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
    ///
    /// ```
    /// # async fn example(scope: laurel_store::Scope) -> Result<(), Box<dyn std::error::Error>> {
    /// let ana = scope.customer(&"ana-0042".parse()?).await?;
    /// let address = ana.and_then(|ana| ana.email);
    /// # Ok(())
    /// # }
    /// ```
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
    ///
    /// ```
    /// # async fn example(scope: laurel_store::Scope) -> Result<(), Box<dyn std::error::Error>> {
    /// let (ana, ben) = ("ana-0042".parse()?, "ben-0001".parse()?);
    /// let known = scope.customers_by_id(&[ana, ben]).await?; // one statement, however many
    /// # Ok(())
    /// # }
    /// ```
    pub async fn customers_by_id(
        &self,
        ids: &[CustomerId],
    ) -> Result<HashMap<CustomerId, CustomerRecord>> {
        let mut found = self.named(ids, Named::NowOrBefore).await?;
        self.complete(found.values_mut()).await?;
        Ok(found)
    }

    /// A page of customers, the newest (by first sight) first. One who has changed their id is in it once.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn customers(
        &self,
        filter: &CustomerFilter,
        page: &PageRequest<CustomerCursor>,
    ) -> Result<Page<CustomerRecord>> {
        let (mut conditions, mut values) = self.matching(filter);
        for (cursor, comparison) in [(&page.after, "<"), (&page.before, ">")] {
            if let Some(at) = cursor {
                values.extend([
                    at.first_seen_at.micros().into(),
                    at.customer_id.as_str().into(),
                ]);
                let last = values.len();
                conditions += &format!(
                    " AND (first_seen_at, customer_id) {comparison} (${}, ${last})",
                    last - 1
                );
            }
        }
        let direction = if page.from_end { "ASC" } else { "DESC" };
        values.push(i64::try_from(page.fetch()).unwrap_or(i64::MAX).into());
        let sql = format!(
            "SELECT customer_id FROM customers WHERE {conditions} \
             ORDER BY first_seen_at {direction}, customer_id {direction} LIMIT ${}",
            values.len()
        );
        let rows = sql::query(self.reader(), &sql, values).await?;
        let ids = rows.iter().map(|row| customer_id(row.try_get_by_index(0)?));
        let page = page.cut(ids.collect::<Result<Vec<_>>>()?);
        let mut found = self.named(&page.items, Named::Exactly).await?;
        self.complete(found.values_mut()).await?;
        Ok(Page {
            items: page
                .items
                .iter()
                .filter_map(|id| found.remove(id))
                .collect(),
            has_next: page.has_next,
            has_previous: page.has_previous,
        })
    }

    /// How many customers a filter matches.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn count_customers(&self, filter: &CustomerFilter) -> Result<u64> {
        let (conditions, values) = self.matching(filter);
        let sql = format!("SELECT count(*) FROM customers WHERE {conditions}");
        sql::count(self.reader(), &sql, values).await
    }

    /// The customers of these ids, by the id that was asked for.
    async fn named(
        &self,
        ids: &[CustomerId],
        named: Named,
    ) -> Result<HashMap<CustomerId, CustomerRecord>> {
        let now = self.store().clock().now().micros().into();
        let rows = self
            .rows_named(ids, named, &self.columns("$3"), now)
            .await?;
        let read = |(asked, row)| Ok((asked, customer(&row)?));
        rows.into_iter().map(read).collect()
    }

    /// Columns of the customers `c` of these ids, by the id that was asked for. `$1` is the source and `$3` a value of the
    /// columns' own.
    pub(crate) async fn rows_named(
        &self,
        ids: &[CustomerId],
        named: Named,
        columns: &str,
        value: Value,
    ) -> Result<HashMap<CustomerId, QueryResult>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let backend = self.store().backend();
        let asked = match backend {
            DbBackend::Postgres => "unnest($2::text[]) AS asked(id)",
            _ => "(SELECT value AS id FROM json_each($2)) AS asked",
        };
        let join = match named {
            Named::Exactly => "JOIN customers c ON c.source = $1 AND c.customer_id = asked.id",
            Named::NowOrBefore => {
                "LEFT JOIN customer_aliases alias ON alias.source = $1 AND alias.alias_id = asked.id \
                 JOIN customers c ON c.source = $1 AND c.customer_id IN (asked.id, alias.customer_id)"
            }
        };
        let sql = format!(
            "SELECT {columns}, asked.id AS asked_id, c.customer_id = asked.id AS is_same FROM {asked} {join}"
        );
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let values = [
            self.source().as_str().into(),
            sql::list(backend, ids),
            value,
        ];
        let mut found = HashMap::new();
        for row in sql::query(self.reader(), &sql, values).await? {
            let asked = customer_id(row.try_get("", "asked_id")?)?;
            if !row.try_get::<bool>("", "is_same")? || !found.contains_key(&asked) {
                found.insert(asked, row);
            }
        }
        Ok(found)
    }

    /// The columns of a customer `c`, what they hold and the ids that they had before among them. `now` is the parameter that
    /// holds the time.
    fn columns(&self, now: &str) -> String {
        let backend = self.store().backend();
        let aliases = "customer_aliases a WHERE a.source = $1 AND a.customer_id = c.customer_id";
        format!(
            "c.*, {} AS aliases, {} AS balances",
            sql::json_rows(backend, "a.alias_id", aliases),
            balances_of_c(backend, now)
        )
    }

    /// What customers did under the ids that they had before counts until something is known under the new one.
    async fn complete(&self, customers: impl Iterator<Item = &mut CustomerRecord>) -> Result<()> {
        let mut customers: Vec<_> = customers.filter(|one| one.ids.len() > 1).collect();
        let before: Vec<CustomerId> = customers
            .iter()
            .flat_map(|customer| customer.ids[1..].iter().cloned())
            .collect();
        if before.is_empty() {
            return Ok(());
        }
        let found = self.named(&before, Named::Exactly).await?;
        for customer in &mut customers {
            let before: Vec<_> = customer.ids[1..]
                .iter()
                .filter_map(|id| found.get(id))
                .collect();
            for before in before {
                customer.add(before);
            }
        }
        Ok(())
    }

    /// What a filter asks of a row of `customers`. A row under an id that has become another's is that other's.
    fn matching(&self, filter: &CustomerFilter) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = vec![self.source().as_str().into()];
        let mut sql =
            "source = $1 AND NOT EXISTS (SELECT 1 FROM customer_aliases a JOIN customers b \
             ON b.source = a.source AND b.customer_id = a.customer_id \
             WHERE a.source = $1 AND a.alias_id = customers.customer_id)"
                .to_owned();
        let tier = filter.tier_id.as_ref().map(|id| id.as_str().into());
        let status = filter.status.as_deref().map(Value::from);
        let from = filter.first_seen_from.map(|time| time.micros().into());
        let to = filter.first_seen_to.map(|time| time.micros().into());
        for (condition, wanted) in [
            ("tier_id =", tier),
            ("status =", status),
            ("first_seen_at >=", from),
            ("first_seen_at <", to),
        ] {
            if let Some(wanted) = wanted {
                values.push(wanted);
                sql += &format!(" AND {condition} ${}", values.len());
            }
        }
        (sql, values)
    }
}

/// What an id may be of the customer who is looked for.
#[derive(Clone, Copy)]
pub(crate) enum Named {
    /// Their own.
    Exactly,
    /// Theirs, or one that they had before.
    NowOrBefore,
}

fn customer(row: &QueryResult) -> Result<CustomerRecord> {
    let mut record = CustomerRecord::try_from(Model::from_query_result(row, "")?)?;
    let aliases: Option<String> = row.try_get("", "aliases")?;
    if let Some(aliases) = aliases.filter(|aliases| aliases != "[]") {
        let aliases: Vec<String> = sql::read_json(&aliases)?;
        for alias in aliases {
            record.ids.push(customer_id(alias)?);
        }
    }
    if let Some(balances) = row.try_get::<Option<String>>("", "balances")? {
        record.balances = balances_from(&record.customer_id, &balances)?;
    }
    Ok(record)
}

impl CustomerRecord {
    /// Adds what is known under an id that they had before.
    fn add(&mut self, before: &Self) {
        self.first_seen_at = self.first_seen_at.min(before.first_seen_at);
        self.last_seen_at = self.last_seen_at.max(before.last_seen_at);
        if self.wallet.is_none() {
            self.wallet = before.wallet;
            self.balances.clone_from(&before.balances);
        }
        if self.tier.is_none() {
            self.tier.clone_from(&before.tier);
        }
    }
}

impl TryFrom<Model> for CustomerRecord {
    type Error = crate::Error;

    fn try_from(model: Model) -> Result<Self> {
        let tier = |id: Option<String>| id.map(|id| parsed(TierId::try_from(id))).transpose();
        let (tier_id, previous_tier_id) = (tier(model.tier_id)?, tier(model.previous_tier_id)?);
        let customer_id = customer_id(model.customer_id)?;
        Ok(Self {
            ids: vec![customer_id.clone()],
            customer_id,
            balances: Vec::new(),
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
