//! The programme as a whole: how large it is, how its customers are spread, and what goes on.

use async_graphql::{Context, Object, Result};
use laurel_payloads::EventKind as Kind;
use laurel_store::{Activity, CustomerFilter, EventFilter, Interval, TierShare as Share};

use super::Period;
use super::history::EventKind;
use super::summary::{FEWER, intervals};
use super::tier::TierRef;
use crate::asking::Asking;
use crate::calendar;
use crate::scalars::DateTime;

/// The programme of the asker's source.
pub(crate) struct Program;

/// The programme as a whole. Nothing of it is kept ready: each field walks through all rows of one table or index when
/// it is asked for (about a second for ten million rows), and weighs as much as a thousand others.
#[Object]
impl Program {
    /// How many customers there are.
    async fn customers(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        let all = CustomerFilter::default();
        Ok(asking.read(asking.scope.count_customers(&all).await)?)
    }

    /// How many events the log holds, quarantined ones included.
    async fn events(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        let all = EventFilter::default();
        let count = asking.read(asking.scope.count_events(&all).await)?;
        Ok(count.unsigned_abs())
    }

    /// How many entries all histories have together, unrecognized ones included.
    async fn entries(&self, context: &Context<'_>) -> Result<u64> {
        let asking = Asking::of(context);
        let count = asking.read(asking.scope.count_entries().await)?;
        Ok(count.unsigned_abs())
    }

    /// How many customers each tier has.
    async fn tier_distribution(&self, context: &Context<'_>) -> Result<Vec<TierShare>> {
        let asking = Asking::of(context);
        let shares = asking.read(asking.scope.tier_shares().await)?;
        Ok(shares.into_iter().map(TierShare).collect())
    }

    /// How much happened, by calendar period, the earliest first. A period in which nothing happened is left out. Takes
    /// about a second for each million entries between `from` and `to`. More than 400 periods are refused.
    async fn activity(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "From this time on.")] from: DateTime,
        #[graphql(desc = "Before this time; up to now where nothing is said.")] to: Option<
            DateTime,
        >,
        #[graphql(desc = "The length of a period.")] group_by: Period,
        #[graphql(
            desc = "The time zone of the periods, such as \"America/Bogota\"; UTC where nothing is said."
        )]
        time_zone: Option<String>,
    ) -> Result<Vec<PeriodActivity>> {
        let asking = Asking::of(context);
        let now = || asking.scope.store().clock().now();
        let whole = Interval {
            from: from.0,
            to: to.map_or_else(now, |to| to.0),
        };
        let zone = calendar::zone(time_zone.as_deref())?;
        let intervals = intervals(whole, group_by, &zone, FEWER)?;
        let mut activity = asking.read(asking.scope.activity(whole).await)?;
        activity.retain(|part| asking.operates || part.kind != Kind::Unrecognized);
        Ok(PeriodActivity::fold(&intervals, &activity))
    }
}

/// How many customers are in a tier.
pub(crate) struct TierShare(Share);

/// How many customers are in a tier.
#[Object]
impl TierShare {
    /// The tier; null for the customers of whom no change of tier has told one.
    async fn tier(&self) -> Option<TierRef> {
        self.0.tier_id.clone().map(TierRef::of)
    }

    /// How many are in it.
    async fn customers(&self) -> i64 {
        self.0.customers
    }
}

/// How much happened within one period.
pub(crate) struct PeriodActivity {
    interval: Interval,
    kinds: Vec<KindActivity>,
}

/// How many entries of one kind.
#[derive(Clone, Copy)]
struct KindActivity {
    kind: Kind,
    entries: i64,
}

impl PeriodActivity {
    /// Sums up the quarters of an hour of each period. Both are in order.
    fn fold(intervals: &[Interval], activity: &[Activity]) -> Vec<Self> {
        let mut rest = activity;
        let periods = intervals.iter().map(|&interval| {
            let within = rest.partition_point(|part| part.quarter < interval.to);
            let (parts, later) = rest.split_at(within);
            rest = later;
            let of = |kind| {
                let parts = parts.iter().filter(|part| part.kind == kind);
                let entries = parts.map(|part| part.entries).sum();
                (entries > 0).then_some(KindActivity { kind, entries })
            };
            let kinds = Kind::ALL.iter().copied().filter_map(of).collect();
            Self { interval, kinds }
        });
        periods.filter(|period| !period.kinds.is_empty()).collect()
    }
}

/// How much happened in the whole programme within one period.
#[Object]
impl PeriodActivity {
    /// When the period begins; `from`, where the period began before it.
    async fn start(&self) -> DateTime {
        self.interval.from.into()
    }

    /// When the period has ended; `to`, where the period ends after it.
    async fn end(&self) -> DateTime {
        self.interval.to.into()
    }

    /// How many entries of histories happened within it.
    async fn entries(&self) -> i64 {
        self.kinds.iter().map(|kind| kind.entries).sum()
    }

    /// How many there were of each kind; a kind of which there was none is left out.
    async fn kinds(&self) -> &[KindActivity] {
        &self.kinds
    }
}

/// How many entries of one kind happened within one period.
#[Object]
impl KindActivity {
    /// The kind.
    async fn kind(&self) -> EventKind {
        self.kind.into()
    }

    /// How many.
    async fn entries(&self) -> i64 {
        self.entries
    }
}
