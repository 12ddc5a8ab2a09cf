//! Who is to be told of which events: the routes that an append reads in its own transaction.

use std::borrow::Cow;

use laurel_payloads::{EventKind, Timestamp};
use sea_orm::{ConnectionTrait, Value};

use crate::{Result, convert, sql};

/// Which events a subscriber takes, by the name in their envelope.
///
/// ```
/// use laurel_payloads::EventKind;
/// use laurel_store::Kinds;
///
/// assert!(Kinds::of([EventKind::TierUpgrade]).take(Some("TIER_UPGRADE")));
/// // One that Laurel does not know yet, and one of another format.
/// let others = Kinds::Named(vec!["CUSTOMER_ANONYMOUS_TO_REGISTERED".into(), "shop:paid".into()]);
/// assert!(others.take(Some("shop:paid")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kinds {
    /// Every one, those included whose name nobody knows yet.
    All,
    /// Those of these names, compared exactly.
    Named(Vec<Cow<'static, str>>),
}

impl Kinds {
    /// The kinds that Masivo documents.
    pub fn of(kinds: impl IntoIterator<Item = EventKind>) -> Self {
        Self::Named(
            kinds
                .into_iter()
                .map(|kind| Cow::Borrowed(kind.as_str()))
                .collect(),
        )
    }

    /// Whether an event of this name is taken.
    pub fn take(&self, name: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => name.is_some_and(|name| names.iter().any(|known| known == name)),
        }
    }

    pub(crate) fn to_column(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Named(names) => Some(serde_json::json!(names).to_string()),
        }
    }

    pub(crate) fn from_column(column: Option<String>) -> Result<Self> {
        column.map_or(Ok(Self::All), |json| {
            let names: Vec<String> = convert::parsed(serde_json::from_str(&json))?;
            Ok(Self::Named(names.into_iter().map(Cow::Owned).collect()))
        })
    }
}

/// A subscriber and what it takes.
#[derive(Debug)]
pub(crate) struct Route {
    subscriber: String,
    kinds: Kinds,
}

/// The columns of a delivery that is to be made.
pub(crate) type Delivery = [Value; 3];

impl Route {
    pub(crate) fn takes(&self, name: Option<&str>) -> bool {
        self.kinds.take(name)
    }

    pub(crate) fn delivery(&self, seq: i64, due_at: Timestamp) -> Delivery {
        [
            self.subscriber.clone().into(),
            seq.into(),
            due_at.micros().into(),
        ]
    }
}

pub(crate) async fn read(db: &impl ConnectionTrait) -> Result<Vec<Route>> {
    let rows = sql::query(db, "SELECT name, kinds FROM subscribers ORDER BY name", []).await?;
    rows.iter()
        .map(|row| {
            Ok(Route {
                subscriber: row.try_get("", "name")?,
                kinds: Kinds::from_column(row.try_get("", "kinds")?)?,
            })
        })
        .collect()
}

/// Makes deliveries, leaving alone those that there are.
pub(crate) async fn deliver(db: &impl ConnectionTrait, deliveries: Vec<Delivery>) -> Result<()> {
    let into = "deliveries (subscriber, event_seq, due_at)";
    sql::insert(
        db,
        into,
        deliveries,
        "ON CONFLICT (subscriber, event_seq) DO NOTHING",
    )
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_survive_their_column() {
        for kinds in [
            Kinds::All,
            Kinds::of([EventKind::TierUpgrade, EventKind::TierDowngrade]),
        ] {
            assert_eq!(Kinds::from_column(kinds.to_column()).expect("kinds"), kinds);
        }
    }

    #[test]
    fn a_name_is_compared_exactly() {
        let kinds = Kinds::of([EventKind::TierUpgrade]);
        assert!(kinds.take(Some("TIER_UPGRADE")));
        assert!(!kinds.take(Some("tier_upgrade")));
        assert!(!kinds.take(None));
        assert!(Kinds::All.take(Some("ANYTHING")));
    }
}
