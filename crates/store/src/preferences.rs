//! Preferences: which messages a customer wants on a channel, and whether they want any.

use laurel_payloads::{CustomerId, EventKind};
use sea_orm::QueryResult;

use crate::{Error, Result, Scope, sql};

/// What stands in place of a kind where a customer wants none.
const EVERY_KIND: &str = "*";

/// What a customer has said of a channel's messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences {
    /// They want none, of whatever kind, also of those that do not exist yet.
    pub stopped: bool,
    kinds: Vec<(EventKind, bool)>,
}

impl Preferences {
    /// Whether they want messages of this kind; none where they have not said.
    pub fn wanted(&self, kind: EventKind) -> Option<bool> {
        if self.stopped {
            return Some(false);
        }
        let mut said = self.kinds.iter();
        said.find(|(of, _)| *of == kind).map(|&(_, wanted)| wanted)
    }
}

/// What a customer who has not stopped all says of kinds.
impl FromIterator<(EventKind, bool)> for Preferences {
    fn from_iter<I: IntoIterator<Item = (EventKind, bool)>>(kinds: I) -> Self {
        Self {
            stopped: false,
            kinds: kinds.into_iter().collect(),
        }
    }
}

impl Scope {
    /// What a customer has said, under whichever of their ids; of two answers the later one counts.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn preferences(
        &self,
        customer_id: &CustomerId,
        channel: &str,
    ) -> Result<Preferences> {
        let customer_id = self.present_id(customer_id).await?;
        self.said(&customer_id, channel).await
    }

    /// The same for the id that a customer has now.
    pub(crate) async fn said(
        &self,
        customer_id: &CustomerId,
        channel: &str,
    ) -> Result<Preferences> {
        // Of two answers in the same microsecond, the one that leaves the customer in peace.
        let sql = "SELECT kind, wanted, updated_at FROM preferences \
                   WHERE source = $1 AND customer_id = $2 AND channel = $3 \
                   UNION ALL \
                   SELECT kind, wanted, updated_at FROM customer_aliases \
                   JOIN preferences ON preferences.source = customer_aliases.source \
                     AND preferences.customer_id = alias_id \
                   WHERE customer_aliases.source = $1 AND customer_aliases.customer_id = $2 AND channel = $3 \
                   ORDER BY updated_at, wanted DESC";
        let values = [
            self.source().as_str().into(),
            customer_id.as_str().into(),
            channel.into(),
        ];
        let rows = sql::query(self.reader(), sql, values).await?;
        let mut preferences = Preferences::default();
        for row in &rows {
            preferences.hear(row)?;
        }
        Ok(preferences)
    }

    /// A customer wants no message on a channel any more. What they said of kinds is kept, for when they come back.
    /// Answers false, and keeps nothing, where they are erased.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn stop_messages(&self, customer_id: &CustomerId, channel: &str) -> Result<bool> {
        self.prefer(customer_id, channel, &[(EVERY_KIND, false)])
            .await
    }

    /// A customer takes back that they want no message; what they said of kinds holds again. Answers false where
    /// they are erased.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn resume_messages(&self, customer_id: &CustomerId, channel: &str) -> Result<bool> {
        self.prefer(customer_id, channel, &[(EVERY_KIND, true)])
            .await
    }

    /// A customer says which kinds they want, which also takes back that they want none at all. Answers false where
    /// they are erased.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn choose_messages(
        &self,
        customer_id: &CustomerId,
        channel: &str,
        kinds: &[(EventKind, bool)],
    ) -> Result<bool> {
        let kinds = kinds.iter().map(|(kind, wanted)| (kind.as_str(), *wanted));
        let said: Vec<_> = kinds.chain([(EVERY_KIND, true)]).collect();
        self.prefer(customer_id, channel, &said).await
    }

    async fn prefer(
        &self,
        customer_id: &CustomerId,
        channel: &str,
        said: &[(&str, bool)],
    ) -> Result<bool> {
        let asked = customer_id;
        let customer_id = self.present_id(customer_id).await?;
        let now = self.store().clock().now().micros();
        let sql = "INSERT INTO preferences (source, customer_id, channel, kind, wanted, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (source, customer_id, channel, kind) \
                   DO UPDATE SET wanted = excluded.wanted, updated_at = excluded.updated_at";
        let tx = self.store().begin().await?;
        let ids = [asked, &customer_id].map(|id| (self.source(), id));
        if !tx.erased(ids.into()).await?.is_empty() {
            return Ok(false);
        }
        for (kind, wanted) in said {
            let values = [
                self.source().as_str().into(),
                customer_id.as_str().into(),
                channel.into(),
                (*kind).into(),
                (*wanted).into(),
                now.into(),
            ];
            sql::execute(tx.connection(), sql, values).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The id that a customer has now.
    async fn present_id(&self, customer_id: &CustomerId) -> Result<CustomerId> {
        let customer = self.customer(customer_id).await?;
        Ok(customer.map_or_else(|| customer_id.clone(), |customer| customer.customer_id))
    }
}

impl Preferences {
    /// Takes in one answer, which is later than those before it.
    fn hear(&mut self, row: &QueryResult) -> Result<()> {
        let (kind, wanted): (String, bool) = (row.try_get("", "kind")?, row.try_get("", "wanted")?);
        if kind == EVERY_KIND {
            self.stopped = !wanted;
            return Ok(());
        }
        let kind = EventKind::parse_stored(&kind)
            .ok_or_else(|| Error::Corrupt(format!("no kind of message: {kind}")))?;
        self.kinds.retain(|(of, _)| *of != kind);
        self.kinds.push((kind, wanted));
        Ok(())
    }
}
