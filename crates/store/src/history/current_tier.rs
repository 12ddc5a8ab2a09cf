//! Which of a customer's tier changes is the current one.

use super::TierChangeRecord;

/// The change that led into the current tier, of changes in the order of their receipt.
///
/// A change that leads into the one before it (its `to` is that one's `from`, and its `from` is not that one's `to`)
/// came late and is taken as earlier. A change back (Gold to Silver after Silver to Gold) is no such change.
pub(super) fn current(changes: &[TierChangeRecord]) -> Option<&TierChangeRecord> {
    let mut current: Option<&TierChangeRecord> = None;
    for change in changes {
        let late = current.is_some_and(|before| {
            change.to.tier_id.is_some()
                && change.to.tier_id == before.from.tier_id
                && change.from.tier_id != before.to.tier_id
        });
        if !late {
            current = Some(change);
        }
    }
    current
}

#[cfg(test)]
mod tests {
    use super::super::TierStep;
    use super::*;
    use crate::Source;
    use laurel_payloads::{EventKind, Timestamp};

    fn tier_after(steps: &[(&str, &str)]) -> Option<String> {
        let step = |tier: &str| TierStep {
            tier_id: tier.parse().ok(),
            name: None,
            level: None,
        };
        let changes: Vec<_> = (1..)
            .zip(steps)
            .map(|(seq, (from, to))| TierChangeRecord {
                source: Source::new("masivo").expect("a source"),
                customer_id: "ana".parse().expect("an id"),
                event_seq: seq,
                event_id: uuid::Uuid::nil(),
                kind: EventKind::TierUpgrade,
                occurred_at: Timestamp::from_micros(seq),
                received_at: Timestamp::from_micros(seq),
                from: step(from),
                to: step(to),
                triggered_by: None,
                trigger_event_id: None,
                trigger_event_type: None,
            })
            .collect();
        current(&changes)?
            .to
            .tier_id
            .as_ref()
            .map(ToString::to_string)
    }

    #[test]
    fn the_last_change_counts_unless_it_came_late() {
        assert_eq!(tier_after(&[]), None);
        assert_eq!(
            tier_after(&[("bronze", "silver"), ("silver", "gold")]).as_deref(),
            Some("gold")
        );
        // The upgrade to silver came after the one that it led to.
        assert_eq!(
            tier_after(&[("silver", "gold"), ("bronze", "silver")]).as_deref(),
            Some("gold")
        );
        // A change back is not late.
        assert_eq!(
            tier_after(&[("silver", "gold"), ("gold", "silver")]).as_deref(),
            Some("silver")
        );
        // Neither is one that follows from nothing we saw.
        assert_eq!(
            tier_after(&[("silver", "gold"), ("bronze", "iron")]).as_deref(),
            Some("iron")
        );
    }
}
