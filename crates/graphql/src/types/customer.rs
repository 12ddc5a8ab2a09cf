//! A customer, with all that hangs on one: tier, wallet, history.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result};
use laurel_store::CustomerRecord;

use super::history::{History, HistoryFilter, TierChanges};
use super::notifications::Notifications;
use super::summary::{Period, PeriodSummary, Span};
use super::tier::{TierRef, TierStatus};
use super::wallet::Wallet;
use crate::asking::Asking;
use crate::connection::{Arguments, Connection};
use crate::global_id::GlobalId;
use crate::scalars::DateTime;

/// A customer of the asker's source.
#[derive(Clone)]
pub(crate) struct Customer(pub(crate) Arc<CustomerRecord>);

/// Whether a customer takes part.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(crate) enum CustomerStatus {
    /// They take part.
    Active,
    /// They do not, or no longer.
    Inactive,
}

impl CustomerStatus {
    /// Masivo's word for it; a word that Masivo adds later is none of these.
    pub(crate) fn read(text: &str) -> Option<Self> {
        match text {
            "ACTIVE" => Some(Self::Active),
            "INACTIVE" => Some(Self::Inactive),
            _ => None,
        }
    }

    /// Masivo's word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
        }
    }
}

/// A customer of the programme. A customer who was imported, or whose registration has not come, is
/// known by their events only: the profile's fields are null then.
#[Object]
impl Customer {
    /// The global id.
    pub(crate) async fn id(&self, context: &Context<'_>) -> ID {
        GlobalId::Customer(self.0.customer_id.clone()).encode(Asking::of(context).scope.source())
    }

    /// The brand's own id of the customer, as payloads carry it.
    async fn customer_id(&self) -> ID {
        self.0.customer_id.as_str().into()
    }

    /// The name. A placeholder where the customer is anonymous.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The mail address, as it was sent. A placeholder where the customer is anonymous.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Whether the customer takes part.
    async fn status(&self) -> Option<CustomerStatus> {
        self.0.status.as_deref().and_then(CustomerStatus::read)
    }

    /// Whether the customer has not identified themselves yet.
    async fn is_anonymous(&self) -> bool {
        self.0.is_anonymous
    }

    /// The country, as it was sent.
    async fn country(&self) -> Option<&str> {
        self.0.country.as_deref()
    }

    /// When the customer registered.
    async fn registered_at(&self) -> Option<DateTime> {
        self.0.registered_at.map(DateTime)
    }

    /// When the first event about the customer was received.
    async fn first_seen_at(&self) -> DateTime {
        self.0.first_seen_at.into()
    }

    /// When the newest event about the customer was received.
    async fn last_seen_at(&self) -> DateTime {
        self.0.last_seen_at.into()
    }

    /// The current tier; null before the first change of tier that was received, and where the newest change does not
    /// tell into which.
    async fn tier(&self) -> Option<TierStatus> {
        let tier = self.0.tier.as_ref()?;
        Some(TierStatus {
            tier: TierRef::of(tier.tier_id.clone()?),
            since: tier.since.into(),
            previous: tier.previous_tier_id.clone().map(TierRef::of),
        })
    }

    /// What the customer holds; null before the first snapshot of their wallet.
    async fn wallet(&self) -> Option<Wallet> {
        Wallet::of(&self.0)
    }

    /// Everything that happened to the customer, by the time at which it happened, newest first.
    async fn history(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "At most this many entries from the start, 1 to 100; 20 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only entries after this cursor: older ones.")] after: Option<String>,
        #[graphql(
            desc = "At most this many entries from the end, 1 to 100. Not together with \"first\"."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only entries before this cursor: newer ones.")] before: Option<String>,
        #[graphql(desc = "Which entries.")] filter: Option<HistoryFilter>,
    ) -> Result<Connection<History>> {
        let page = Arguments {
            first,
            after,
            last,
            before,
        };
        History::page(context, &self.0, filter.unwrap_or_default(), page).await
    }

    /// The customer's changes of tier, newest first.
    async fn tier_changes(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "At most this many changes from the start, 1 to 100; 20 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only changes after this cursor: older ones.")] after: Option<String>,
        #[graphql(
            desc = "At most this many changes from the end, 1 to 100. Not together with \"first\"."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only changes before this cursor: newer ones.")] before: Option<String>,
    ) -> Result<Connection<TierChanges>> {
        TierChanges::page(
            context,
            &self.0,
            Arguments {
                first,
                after,
                last,
                before,
            },
        )
        .await
    }

    /// What the customer was written, or was not, about changes of tier, the newest change first.
    async fn notifications(
        &self,
        context: &Context<'_>,
        #[graphql(
            desc = "At most this many notifications from the start, 1 to 100; 20 where nothing is said."
        )]
        first: Option<i32>,
        #[graphql(desc = "Only notifications after this cursor: older ones.")] after: Option<
            String,
        >,
        #[graphql(
            desc = "At most this many notifications from the end, 1 to 100. Not together with \"first\"."
        )]
        last: Option<i32>,
        #[graphql(desc = "Only notifications before this cursor: newer ones.")] before: Option<
            String,
        >,
    ) -> Result<Connection<Notifications>> {
        let page = Arguments {
            first,
            after,
            last,
            before,
        };
        Notifications::page(context, &self.0, page).await
    }

    /// What the customer earned and redeemed, by calendar period and reward, the earliest first. A period in which
    /// nothing moved is left out. More than 400 periods are refused, empty ones counted: say with `from` where to begin,
    /// or take longer periods, where a history goes back further.
    async fn summary(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "From this time on; from the first movement on where nothing is said.")]
        from: Option<DateTime>,
        #[graphql(desc = "Before this time; up to now where nothing is said.")] to: Option<
            DateTime,
        >,
        #[graphql(desc = "The length of a period.")] group_by: Period,
        #[graphql(
            desc = "The time zone of the periods, such as \"America/Bogota\"; UTC where nothing is said."
        )]
        time_zone: Option<String>,
    ) -> Result<Vec<PeriodSummary>> {
        let span = Span {
            from,
            to,
            group_by,
            time_zone,
        };
        PeriodSummary::of(context, &self.0, span).await
    }
}
