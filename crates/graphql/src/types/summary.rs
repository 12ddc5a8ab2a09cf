//! What a customer earned and redeemed, by calendar period.

use async_graphql::{Context, Enum, Object, Result};
use jiff::tz::TimeZone;
use laurel_payloads::{EventKind, Timestamp};
use laurel_store::{CustomerRecord, HistoryFilter, Interval, Movements, PageRequest};

use super::Reward;
use crate::asking::{Asking, Failed};
use crate::calendar;
use crate::error::{Code, Refusal};
use crate::scalars::{DateTime, Decimal};

/// As many periods as one summary may have, as the schema says: more than a year of days.
const MAX_PERIODS: usize = 400;

/// A period of the calendar.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
pub(crate) enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first of a month to that of the next.
    Month,
    /// Three months, the first of them January, April, July or October.
    Quarter,
    /// From the first of January to that of the next year.
    Year,
}

/// What moved of one reward within one period.
pub(crate) struct PeriodSummary(Movements);

/// What the customer earned and redeemed of one reward within one period. The sums are exact.
#[Object]
impl PeriodSummary {
    /// When the period begins; `from`, where the period began before it.
    async fn start(&self) -> DateTime {
        self.0.interval.from.into()
    }

    /// When the period has ended; `to`, where the period ends after it.
    async fn end(&self) -> DateTime {
        self.0.interval.to.into()
    }

    /// The reward.
    async fn reward(&self) -> Reward {
        Reward(self.0.reward_id.clone())
    }

    /// How much of it was earned, or came by an external movement.
    async fn earned(&self) -> Decimal {
        self.0.earned.into()
    }

    /// How much of it was redeemed, or went by an external movement, as a positive number.
    async fn redeemed(&self) -> Decimal {
        self.0.redeemed.into()
    }

    /// How many entries of the history moved it.
    async fn entries(&self) -> i64 {
        self.0.entries
    }
}

/// What is to be summed up.
pub(crate) struct Span {
    pub(crate) from: Option<DateTime>,
    pub(crate) to: Option<DateTime>,
    pub(crate) group_by: Period,
    pub(crate) time_zone: Option<String>,
}

impl PeriodSummary {
    /// Sums up a customer's movements; a period in which nothing moved is left out.
    pub(crate) async fn of(
        context: &Context<'_>,
        customer: &CustomerRecord,
        span: Span,
    ) -> Result<Vec<Self>> {
        let asking = Asking::of(context);
        let zone = calendar::zone(span.time_zone.as_deref())?;
        let to = span
            .to
            .map_or_else(|| asking.scope.store().clock().now(), |to| to.0);
        let from = match span.from {
            Some(from) => Some(from.0),
            None => oldest(asking, customer).await?,
        };
        let Some(from) = from else {
            return Ok(Vec::new());
        };
        let fewer = match span.from {
            Some(_) => FEWER,
            None => "since the first movement: say with \"from\" where to begin",
        };
        let intervals = intervals(Interval { from, to }, span.group_by, &zone, fewer)?;
        let sums = asking.read(asking.scope.movements(customer, &intervals).await)?;
        Ok(sums.into_iter().map(Self).collect())
    }
}

/// What is wrong where there are too many periods of an interval that was asked for, and what to do about it.
pub(super) const FEWER: &str = "between \"from\" and \"to\": bring them closer together";

/// The periods of an interval, unless they are too many; `fewer` says of what, and what else to ask for.
pub(super) fn intervals(
    whole: Interval,
    group_by: Period,
    zone: &TimeZone,
    fewer: &str,
) -> Result<Vec<Interval>, Refusal> {
    let intervals = calendar::periods(whole, group_by, zone);
    let intervals: Vec<Interval> = intervals.take(MAX_PERIODS + 1).collect();
    if intervals.len() > MAX_PERIODS {
        let message = format!(
            "There are more than {MAX_PERIODS} periods {fewer}, or take longer ones with \"groupBy\"."
        );
        return Err(Refusal::new(Code::BadUserInput, message));
    }
    Ok(intervals)
}

/// When a customer's first movement happened.
async fn oldest(asking: &Asking, customer: &CustomerRecord) -> Result<Option<Timestamp>, Failed> {
    let filter = HistoryFilter {
        kinds: Some(vec![
            EventKind::CustomerAccumulation,
            EventKind::CustomerRedemption,
            EventKind::External,
        ]),
        ..HistoryFilter::default()
    };
    let last = PageRequest {
        limit: 1,
        after: None,
        before: None,
        from_end: true,
    };
    let page = asking.read(asking.scope.history(customer, &filter, &last).await)?;
    Ok(page.items.first().map(|entry| entry.occurred_at))
}
