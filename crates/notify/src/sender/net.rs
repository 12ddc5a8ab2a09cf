//! The net change of a group: what several tier changes amount to.

use std::collections::BTreeMap;

use laurel_payloads::EventKind;
use laurel_store::{OutboxRecord, TierStep};

use crate::mail::Direction;

/// Where a customer came from and where they are now.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NetChange {
    pub(super) direction: Direction,
    pub(super) from: TierStep,
    pub(super) to: TierStep,
}

/// What `changes`, in the order of receipt and not empty, amount to; `None` where they lead back to
/// where they began.
///
/// Webhooks arrive in any order, so the changes are chained by their tiers: the way begins at the
/// tier that is left once more than it is entered, and ends at the one that is entered once more
/// than it is left. Where every tier is entered as often as it is left, there is no net change.
/// Only a chain with a gap, or with a tier that is not told, is read in the order of receipt.
pub(super) fn net_change(changes: &[OutboxRecord]) -> Option<NetChange> {
    let (first, last) = (changes.first()?, changes.last()?);
    let (from, to) = match ends(changes) {
        Ends::Balanced => return None,
        Ends::Chain(from, to) => (from, to),
        Ends::Broken => (&first.from, &last.to),
    };
    if from.tier_id.is_some() && from.tier_id == to.tier_id {
        return None;
    }
    let direction = direction(from, to, last);
    Some(NetChange {
        direction,
        from: from.clone(),
        to: to.clone(),
    })
}

enum Ends<'a> {
    Balanced,
    Chain(&'a TierStep, &'a TierStep),
    Broken,
}

fn ends(changes: &[OutboxRecord]) -> Ends<'_> {
    let mut degrees: BTreeMap<&str, (i32, &TierStep)> = BTreeMap::new();
    for change in changes {
        let (Some(from), Some(to)) = (&change.from.tier_id, &change.to.tier_id) else {
            return Ends::Broken;
        };
        degrees.entry(from.as_str()).or_insert((0, &change.from)).0 += 1;
        degrees.entry(to.as_str()).or_insert((0, &change.to)).0 -= 1;
    }
    let uneven: Vec<_> = degrees
        .into_values()
        .filter(|(degree, _)| *degree != 0)
        .collect();
    match uneven.as_slice() {
        [] => Ends::Balanced,
        [(1, from), (-1, to)] | [(-1, to), (1, from)] => Ends::Chain(from, to),
        _ => Ends::Broken,
    }
}

/// Levels decide; where they are not told, the last change does.
fn direction(from: &TierStep, to: &TierStep, last: &OutboxRecord) -> Direction {
    match (from.level, to.level) {
        (Some(from), Some(to)) if from < to => Direction::Upgrade,
        (Some(from), Some(to)) if from > to => Direction::Downgrade,
        _ if last.kind == EventKind::TierDowngrade => Direction::Downgrade,
        _ => Direction::Upgrade,
    }
}

#[cfg(test)]
mod tests {
    use laurel_payloads::{CustomerId, TierId, Timestamp};
    use laurel_store::Source;
    use uuid::Uuid;

    use super::*;

    const LADDER: [&str; 4] = ["?", "bronze", "silver", "gold"];

    fn step(tier: &str) -> TierStep {
        let level = LADDER.iter().position(|name| *name == tier).unwrap();
        let told = level > 0;
        TierStep {
            tier_id: told.then(|| TierId::try_from(tier.to_owned()).unwrap()),
            name: Some(tier.to_uppercase()),
            level: told.then(|| f64::from(u8::try_from(level).unwrap())),
        }
    }

    /// One change for each `from>to`, in this order of receipt.
    fn changes(text: &str) -> Vec<OutboxRecord> {
        let parse = |(seq, change): (usize, &str)| {
            let (from, to) = change.split_once('>').unwrap();
            let (from, to) = (step(from), step(to));
            let up = from.level < to.level;
            OutboxRecord {
                id: Uuid::nil(),
                source: Source::new("masivo").unwrap(),
                customer_id: CustomerId::try_from("ana".to_owned()).unwrap(),
                event_seq: i64::try_from(seq).unwrap(),
                event_id: Uuid::nil(),
                kind: if up {
                    EventKind::TierUpgrade
                } else {
                    EventKind::TierDowngrade
                },
                from,
                to,
                triggered_by: None,
                received_at: Timestamp::from_micros(0),
                attempts: 1,
                first_attempted_at: None,
            }
        };
        text.split(' ').enumerate().map(parse).collect()
    }

    /// `from>to` and the direction of the net change.
    fn net(text: &str) -> Option<(String, Direction)> {
        let net = net_change(&changes(text))?;
        let name = |step: &TierStep| step.name.clone().unwrap().to_lowercase();
        Some((
            format!("{}>{}", name(&net.from), name(&net.to)),
            net.direction,
        ))
    }

    fn up(change: &str) -> (String, Direction) {
        (change.to_owned(), Direction::Upgrade)
    }

    fn down(change: &str) -> (String, Direction) {
        (change.to_owned(), Direction::Downgrade)
    }

    #[test]
    fn one_change_is_its_own_net_change() {
        assert_eq!(net("bronze>silver"), Some(up("bronze>silver")));
        assert_eq!(net("silver>bronze"), Some(down("silver>bronze")));
    }

    #[test]
    fn a_chain_is_read_by_its_tiers_and_not_by_receipt() {
        assert_eq!(net("bronze>silver silver>gold"), Some(up("bronze>gold")));
        assert_eq!(net("silver>gold bronze>silver"), Some(up("bronze>gold")));
        assert_eq!(
            net("gold>silver silver>gold bronze>silver"),
            Some(up("bronze>silver"))
        );
        assert_eq!(net("silver>bronze gold>silver"), Some(down("gold>bronze")));
    }

    #[test]
    fn there_and_back_again_is_no_change() {
        assert_eq!(net("bronze>silver silver>bronze"), None);
        assert_eq!(net("silver>bronze bronze>silver"), None);
        assert_eq!(
            net("bronze>silver silver>gold gold>silver silver>bronze"),
            None
        );
        assert_eq!(net("bronze>bronze"), None);
    }

    #[test]
    fn a_gap_is_read_in_the_order_of_receipt() {
        assert_eq!(
            net("bronze>silver gold>bronze bronze>silver"),
            Some(up("bronze>silver"))
        );
        assert_eq!(
            net("bronze>silver bronze>silver"),
            Some(up("bronze>silver"))
        );
        assert_eq!(net("bronze>silver bronze>gold"), Some(up("bronze>gold")));
        assert_eq!(net("?>silver silver>gold"), Some(up("?>gold")));
        assert_eq!(net("gold>silver silver>?"), Some(down("gold>?")));
        assert_eq!(net("?>?"), Some(down("?>?")));
    }
}
