//! Writes customers, and the wallets that they hold, from what events say of them.

use std::collections::BTreeMap;

use laurel_payloads::{Amount, CustomerId, RewardId, Timestamp};
use sea_orm::{ConnectionTrait, Value};

use crate::text::{storable, storable_address};
use crate::{Result, Source, Tx, sql};

/// What a batch of events says of one customer.
#[derive(Debug, Clone)]
pub struct CustomerUpdate {
    /// Whose customer it is.
    pub source: Source,
    /// The brand's own id.
    pub customer_id: CustomerId,
    /// When the first of the events was received.
    pub first_seen_at: Timestamp,
    /// When the last of them was received.
    pub last_seen_at: Timestamp,
    /// The profile in the newest event that holds one.
    pub profile: Option<Profile>,
    /// The wallet in the newest event that holds one.
    pub wallet: Option<WalletSnapshot>,
}

/// A customer's profile as one event describes it.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// The event's place in the log: the highest counts.
    pub seq: i64,
    /// The name, as sent.
    pub name: Option<String>,
    /// The address, as sent: not necessarily one that mail can go to.
    pub email: Option<String>,
    /// Masivo's status, such as `ACTIVE`.
    pub status: Option<String>,
    /// Whether the name and the address are placeholders.
    pub is_anonymous: Option<bool>,
    /// The country, as sent.
    pub country: Option<String>,
    /// When the customer registered.
    pub registered_at: Option<Timestamp>,
    /// What a recorded consent says of mail; none where no consent is recorded, which allows everything.
    pub consents_to_email: Option<bool>,
}

/// A customer's wallet as one event shows it.
#[derive(Debug, Clone)]
pub struct WalletSnapshot {
    /// The event's place in the log: the highest counts.
    pub seq: i64,
    /// When it was so.
    pub as_of: Timestamp,
    /// What the wallet holds, one line a reward; a reward that is not listed is zero.
    pub balances: Vec<BalanceLine>,
}

/// One reward in a wallet.
#[derive(Debug, Clone)]
pub struct BalanceLine {
    /// The reward.
    pub reward_id: RewardId,
    /// Masivo's figure.
    pub total: Amount,
    /// When the next of it expires.
    pub expires_at: Option<Timestamp>,
}

const COLUMNS: &str = "customers (source, customer_id, first_seen_at, last_seen_at, profile_seq, name, \
     email, status, is_anonymous, country, registered_at, consents_to_email, wallet_seq, wallet_as_of)";

impl Tx {
    /// Writes what events say of customers, one update a customer. To be called first in a transaction: it takes the
    /// lock of each customer's row.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn update_customers(&self, mut updates: Vec<CustomerUpdate>) -> Result<()> {
        updates.sort_by(|a, b| (&a.source, &a.customer_id).cmp(&(&b.source, &b.customer_id)));
        let rows = updates.iter().map(row).collect();
        let written =
            sql::insert_returning(self.connection(), COLUMNS, rows, &on_conflict()).await?;
        self.wake(&updates).await?;
        let mut current = std::collections::HashSet::new();
        for row in written {
            let key: (String, String, Option<i64>) = (
                row.try_get("", "source")?,
                row.try_get("", "customer_id")?,
                row.try_get("", "wallet_seq")?,
            );
            current.insert(key);
        }
        updates.retain(|update| {
            update.wallet.as_ref().is_some_and(|wallet| {
                let id = update.customer_id.as_str().to_owned();
                current.contains(&(update.source.as_str().to_owned(), id, Some(wallet.seq)))
            })
        });
        self.replace_wallets(&updates).await
    }

    async fn replace_wallets(&self, updates: &[CustomerUpdate]) -> Result<()> {
        let mut owners = BTreeMap::<&Source, Vec<String>>::new();
        for update in updates {
            let owners = owners.entry(&update.source).or_default();
            owners.push(update.customer_id.to_string());
        }
        let backend = self.connection().get_database_backend();
        let sql = format!(
            "DELETE FROM wallet_balances WHERE source = $1 AND customer_id {}",
            sql::in_list(backend, 2)
        );
        for (source, customers) in owners {
            let values = [source.as_str().into(), sql::list(backend, customers)];
            sql::execute(self.connection(), &sql, values).await?;
        }
        let lines = updates.iter().flat_map(|update| {
            let wallet = update.wallet.iter().flat_map(|wallet| &wallet.balances);
            wallet.map(move |line| {
                let [source, customer_id] = key(update);
                [
                    source,
                    customer_id,
                    line.reward_id.as_str().into(),
                    line.total.millionths().into(),
                    line.expires_at.map(Timestamp::micros).into(),
                ]
            })
        });
        let into = "wallet_balances (source, customer_id, reward_id, total, expires_at)";
        sql::insert(self.connection(), into, lines.collect(), "").await?;
        Ok(())
    }
}

fn key(update: &CustomerUpdate) -> [Value; 2] {
    [
        update.source.as_str().into(),
        update.customer_id.as_str().into(),
    ]
}

fn row(update: &CustomerUpdate) -> [Value; 14] {
    let text = |text: Option<&String>| -> Value { text.map(|text| storable(text)).into() };
    let profile = update.profile.as_ref();
    let wallet = update.wallet.as_ref();
    let [source, customer_id] = key(update);
    [
        source,
        customer_id,
        update.first_seen_at.micros().into(),
        update.last_seen_at.micros().into(),
        profile.map(|profile| profile.seq).into(),
        text(profile.and_then(|profile| profile.name.as_ref())),
        profile
            .and_then(|profile| profile.email.as_deref())
            .map(storable_address)
            .into(),
        text(profile.and_then(|profile| profile.status.as_ref())),
        profile.and_then(|profile| profile.is_anonymous).into(),
        text(profile.and_then(|profile| profile.country.as_ref())),
        profile
            .and_then(|profile| profile.registered_at)
            .map(Timestamp::micros)
            .into(),
        profile.and_then(|profile| profile.consents_to_email).into(),
        wallet.map(|wallet| wallet.seq).into(),
        wallet.map(|wallet| wallet.as_of.micros()).into(),
    ]
}

/// The earliest and the latest sight count, and of profile and wallet those of the event with the highest `seq`.
fn on_conflict() -> String {
    let mut set = vec![extreme("first_seen_at", "<"), extreme("last_seen_at", ">")];
    let profile = [
        "name",
        "email",
        "status",
        "is_anonymous",
        "country",
        "registered_at",
        "consents_to_email",
    ];
    set.extend(profile.iter().map(|column| newer(column, "profile_seq")));
    set.push(newer("wallet_as_of", "wallet_seq"));
    set.extend(["profile_seq", "wallet_seq"].map(|column| newer(column, column)));
    format!(
        "ON CONFLICT (source, customer_id) DO UPDATE SET {} RETURNING source, customer_id, wallet_seq",
        set.join(", ")
    )
}

fn extreme(column: &str, than: &str) -> String {
    choose(
        column,
        &format!("excluded.{column} {than} customers.{column}"),
    )
}

fn newer(column: &str, seq: &str) -> String {
    choose(
        column,
        &format!("excluded.{seq} > COALESCE(customers.{seq}, 0)"),
    )
}

fn choose(column: &str, condition: &str) -> String {
    format!("{column} = CASE WHEN {condition} THEN excluded.{column} ELSE customers.{column} END")
}
