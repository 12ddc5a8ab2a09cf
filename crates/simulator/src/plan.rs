//! What a customer does next, as the webhooks that will follow from it.

use std::collections::VecDeque;

use laurel_payloads::Timestamp;
use rand::Rng;

use crate::account::{Account, Purchase, Reservation};
use crate::catalogue::Prize;
use crate::people::{Origin, pick};

/// One webhook to come. What it says is decided when it is told, from the account as it is then.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Register,
    Fulfil(Purchase),
    Earn(Purchase),
    Fail(Purchase),
    /// By a behavior event with this id.
    Reverse(Purchase, u128),
    TakeBack(Purchase),
    Coupon,
    EarnCoffee,
    /// Millionths of points, and whether a coffee goes with them.
    Redeem(i64, bool),
    /// Millionths of points.
    Reserve(i64),
    Release(Reservation),
    Spend(Reservation),
    ChangeTier {
        to: usize,
        cause: Cause,
    },
    /// An event that this version does not know.
    CompletePunchcard,
}

/// Why a tier changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cause {
    Purchase(Purchase),
    Reversal(Purchase),
    PeriodEnd,
}

#[derive(Clone, Copy)]
enum Activity {
    Purchase,
    Failure,
    Reversal,
    Coupon,
    Redemption,
    Reservation,
    PeriodEnd,
    Punchcard,
}

/// The steps of a customer's next activity; never none.
pub(crate) fn next(rng: &mut impl Rng, account: &Account, now: Timestamp) -> VecDeque<Step> {
    if !account.seen && account.person.origin != Origin::Imported {
        return VecDeque::from([Step::Register]);
    }
    if let Some(reservation) = account.reservation.filter(|_| rng.random_bool(0.5)) {
        let spent = rng.random_bool(0.6);
        return VecDeque::from([if spent {
            Step::Spend(reservation)
        } else {
            Step::Release(reservation)
        }]);
    }
    let activities = [
        (Activity::Purchase, 60),
        (Activity::Failure, 6),
        (Activity::Reversal, 6),
        (Activity::Coupon, 8),
        (Activity::Redemption, 10),
        (Activity::Reservation, 6),
        (Activity::PeriodEnd, 3),
        (Activity::Punchcard, 1),
    ];
    let activity = pick(rng, activities);
    // Not everything can be done at any time; a purchase can.
    steps(rng, activity, account, now).unwrap_or_else(|| bought(purchase(rng, now)).into())
}

fn steps(
    rng: &mut impl Rng,
    activity: Activity,
    account: &Account,
    now: Timestamp,
) -> Option<VecDeque<Step>> {
    let points = account.balance(Prize::Points);
    Some(match activity {
        Activity::Purchase => return None,
        Activity::Failure => {
            let purchase = purchase(rng, now);
            let mut steps = VecDeque::from(vec![Step::Fail(purchase); rng.random_range(1..=3)]);
            if rng.random_bool(0.5) {
                steps.extend(bought(purchase));
            }
            steps
        }
        Activity::Reversal => {
            let purchase = account
                .last_purchase
                .filter(|last| last.total() <= points)?;
            [
                Step::Reverse(purchase, rng.random()),
                Step::TakeBack(purchase),
            ]
            .into()
        }
        Activity::Coupon => [Step::Coupon, Step::EarnCoffee].into(),
        Activity::Redemption => {
            let coffee = account.balance(Prize::Coffee) > 0;
            [Step::Redeem(part(rng, points)?, coffee)].into()
        }
        Activity::Reservation if account.reservation.is_some() => return None,
        Activity::Reservation => [Step::Reserve(part(rng, points)?)].into(),
        Activity::PeriodEnd => {
            let to = account
                .tier
                .checked_sub(1)
                .filter(|_| !account.lapsed[account.tier])?;
            [Step::ChangeTier {
                to,
                cause: Cause::PeriodEnd,
            }]
            .into()
        }
        Activity::Punchcard => [Step::CompletePunchcard].into(),
    })
}

fn bought(purchase: Purchase) -> [Step; 2] {
    [Step::Fulfil(purchase), Step::Earn(purchase)]
}

fn purchase(rng: &mut impl Rng, now: Timestamp) -> Purchase {
    Purchase {
        id: rng.random(),
        cents: rng.random_range(250..=8_000),
        issued_at: now,
    }
}

/// A part of what is there, down to a tenth of a point; none where there is next to nothing.
fn part(rng: &mut impl Rng, millionths: i64) -> Option<i64> {
    let tenths = millionths / 100_000;
    (tenths > 0).then(|| rng.random_range(1..=tenths) * 100_000)
}
