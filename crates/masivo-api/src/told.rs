//! What webhooks have told already, and which transactions that was.

use std::time::Duration;

use laurel_payloads::{
    Amount, CampaignId, CustomerId, EventKind, Line, Payload, RewardId, Timestamp,
};
use laurel_store::{HistoryCursor, HistoryFilter, PageRequest, Scope};

use crate::Error;
use crate::wire::{Transaction, TransactionType};

/// How far the times of a line and of its transaction may lie apart.
const APART: Duration = Duration::from_mins(5);
/// The same for a line that does not say when it was issued, and is known by its receipt alone.
const RECEIVED: Duration = Duration::from_hours(24);

/// A line of an accumulation or a redemption.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    kind: EventKind,
    reward: RewardId,
    size: i64,
    campaign: Option<CampaignId>,
    issued_at: Option<Timestamp>,
    received_at: Timestamp,
}

impl Told {
    fn read(kind: EventKind, line: Line, received_at: Timestamp) -> Option<Self> {
        Some(Self {
            kind,
            reward: line.reward_id?,
            size: line.amount.map(size)?,
            campaign: line.campaign_id,
            issued_at: line.issued_at,
            received_at,
        })
    }
}

fn size(amount: Amount) -> i64 {
    amount.millionths().saturating_abs()
}

/// The lines that webhooks have told of a customer around these transactions.
pub(crate) async fn around(
    scope: &Scope,
    customer: &CustomerId,
    transactions: &[Transaction],
) -> Result<Vec<Told>, Error> {
    let times = || {
        let both = transactions
            .iter()
            .flat_map(|one| [one.created_at, one.issued_at]);
        both.flatten()
    };
    let (Some(from), Some(to)) = (times().min(), times().max()) else {
        return Ok(Vec::new());
    };
    let filter = HistoryFilter {
        kinds: Some(vec![
            EventKind::CustomerAccumulation,
            EventKind::CustomerRedemption,
        ]),
        from: Some(from.saturating_sub(RECEIVED)),
        to: Some(to.saturating_add(RECEIVED)),
        ..HistoryFilter::default()
    };
    let mut told = Vec::new();
    let mut page = PageRequest::first(100);
    loop {
        let entries = scope.history(customer, &filter, &page).await?;
        let seqs: Vec<i64> = entries.items.iter().map(|entry| entry.event_seq).collect();
        for event in scope.events_by_seq(&seqs).await? {
            told.extend(lines(&event));
        }
        match entries.items.last() {
            Some(last) if entries.has_next => {
                page.after = Some(HistoryCursor {
                    occurred_at: last.occurred_at,
                    event_seq: last.event_seq,
                });
            }
            _ => return Ok(told),
        }
    }
}

fn lines(event: &laurel_dispatch::RecordedEvent) -> Vec<Told> {
    // An entry of the history was read before: its event can be.
    let Ok(parsed) = event.parse() else {
        return Vec::new();
    };
    let kind = parsed.kind();
    let (Payload::CustomerAccumulation(movement) | Payload::CustomerRedemption(movement)) =
        parsed.payload
    else {
        return Vec::new();
    };
    let lines = movement.lines.into_iter();
    lines
        .filter_map(|line| Told::read(kind, line, event.received_at))
        .collect()
}

/// Which of the transactions webhooks have told: each line tells one at most, the nearest in time.
pub(crate) fn which(transactions: &[Transaction], told: &[Told]) -> Vec<bool> {
    let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
    for (at, transaction) in transactions.iter().enumerate() {
        let near = told.iter().enumerate();
        pairs
            .extend(near.filter_map(|(line, told)| Some((distance(transaction, told)?, at, line))));
    }
    pairs.sort_unstable();
    let (mut found, mut used) = (vec![false; transactions.len()], vec![false; told.len()]);
    for (_, at, line) in pairs {
        if !found[at] && !used[line] {
            (found[at], used[line]) = (true, true);
        }
    }
    found
}

/// How far apart in time they are, where the line can be that transaction's.
fn distance(transaction: &Transaction, told: &Told) -> Option<i64> {
    let kind = match transaction.kind {
        TransactionType::Accumulation => EventKind::CustomerAccumulation,
        TransactionType::Redemption => EventKind::CustomerRedemption,
        _ => return None,
    };
    let campaigns = transaction.campaign_id.as_ref().zip(told.campaign.as_ref());
    let same = kind == told.kind
        && transaction.reward_id.as_ref() == Some(&told.reward)
        && transaction.amount.map(size) == Some(told.size)
        && campaigns.is_none_or(|(one, other)| one == other);
    if !same {
        return None;
    }
    let (time, apart) = match told.issued_at {
        Some(issued_at) => (issued_at, APART),
        None => (told.received_at, RECEIVED),
    };
    let times = [transaction.created_at, transaction.issued_at];
    let nearest = times
        .into_iter()
        .flatten()
        .map(|at| (at.micros() - time.micros()).saturating_abs())
        .min()?;
    i64::try_from(apart.as_micros())
        .is_ok_and(|apart| nearest <= apart)
        .then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_767_225_600_000_000 + seconds * 1_000_000)
    }

    fn transaction(kind: &str, amount: &str, seconds: i64) -> Transaction {
        let text = format!(
            r#"{{"type":"{kind}","reward_id":"points","amount":{amount},"campaign_id":"c","created_at":"{}"}}"#,
            at(seconds)
        );
        serde_json::from_str(&text).expect("a transaction")
    }

    fn told(amount: &str, issued: Option<i64>, received: i64) -> Told {
        let line = Line {
            amount: amount.parse().ok(),
            reward_id: "points".parse().ok(),
            issued_at: issued.map(at),
            ..Line::default()
        };
        Told::read(EventKind::CustomerAccumulation, line, at(received)).expect("a line")
    }

    #[test]
    fn a_line_tells_one_transaction_and_the_nearest() {
        let earned = |seconds| transaction("ACCUMULATION", "5", seconds);
        let transactions = [earned(0), earned(60), earned(120)];
        assert_eq!(
            which(&transactions, &[told("5", Some(61), 300)]),
            [false, true, false]
        );
        let twice = [told("5", Some(0), 300), told("5", Some(1), 300)];
        assert_eq!(which(&transactions, &twice), [true, true, false]);
    }

    #[test]
    fn a_line_without_a_time_is_known_by_its_receipt() {
        let transactions = [transaction("ACCUMULATION", "5", 0)];
        let hours = |hours: i64| told("5", None, hours * 3_600);
        assert_eq!(which(&transactions, &[hours(23)]), [true]);
        assert_eq!(which(&transactions, &[hours(25)]), [false]);
    }

    #[test]
    fn another_reward_amount_kind_campaign_or_time_is_another_transaction() {
        let line = told("5", Some(0), 0);
        for (kind, amount, seconds) in [
            ("ACCUMULATION", "5.000001", 0),
            ("REDEMPTION", "5", 0),
            ("EXPIRATION", "5", 0),
            ("ACCUMULATION", "5", 301),
        ] {
            let one = [transaction(kind, amount, seconds)];
            assert_eq!(which(&one, std::slice::from_ref(&line)), [false], "{kind}");
        }
        let mut elsewhere = line.clone();
        elsewhere.campaign = "other".parse().ok();
        let one = [transaction("ACCUMULATION", "5", 0)];
        assert_eq!(which(&one, &[elsewhere]), [false]);
        assert_eq!(which(&one, &[line]), [true]);
    }
}
