//! Telling a step: the account moves, and a webhook says so.

use std::time::Duration;

use laurel_payloads::{Coupon, EventKind, Line, Movement, Registration, TierChange, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::account::{Account, Purchase, Reservation, line, uuid};
use crate::behavior;
use crate::catalogue::{Prize, TIERS, bonus_campaign, tier_for};
use crate::plan::{Cause, Step};
use crate::{Programme, Webhook, webhook};

const RESERVED_FOR: Duration = Duration::from_hours(30 * 24);
const ONE_COFFEE: i64 = 1_000_000;

/// Plays a step: returns its webhook, and puts what follows from it in front of the script.
pub(crate) fn step(programme: &mut Programme, step: Step) -> Webhook {
    let now = programme.clock;
    let account = &mut programme.accounts[programme.actor];
    account.seen = true;
    match step {
        Step::Register => register(account, now),
        Step::Fulfil(purchase) => tell(
            account,
            EventKind::BehaviorEventFulfilled,
            behavior::fulfilled(purchase, now),
        ),
        Step::Fail(purchase) => tell(
            account,
            EventKind::BehaviorEventFailed,
            behavior::failed(purchase, now),
        ),
        Step::Reverse(purchase, id) => tell(
            account,
            EventKind::BehaviorEventFulfilled,
            behavior::reversed(purchase, id, now),
        ),
        Step::Earn(purchase) => {
            let webhook = earn(account, purchase, now);
            let to = tier_for(account.qualifying);
            if to > account.tier {
                let cause = Cause::Purchase(purchase);
                programme.script.push_front(Step::ChangeTier { to, cause });
            }
            webhook
        }
        Step::TakeBack(purchase) => {
            let webhook = take_back(account, purchase, now);
            let to = tier_for(account.qualifying);
            if to < account.tier {
                let cause = Cause::Reversal(purchase);
                programme.script.push_front(Step::ChangeTier { to, cause });
            }
            webhook
        }
        Step::Coupon => coupon(account, now),
        Step::EarnCoffee => earn_coffee(account, now),
        Step::Redeem(points, coffee) => redeem(account, points, coffee, now),
        Step::Reserve(points) => reserve(account, points, now),
        Step::Release(reservation) => release(account, reservation),
        Step::Spend(reservation) => spend(account, reservation),
        Step::ChangeTier { to, cause } => change_tier(account, to, cause),
        Step::CompletePunchcard => {
            let card = json!({ "stamps": 10, "completed_at": now });
            webhook::of(
                account.id.clone(),
                EventKind::Unrecognized,
                "PUNCHCARD_COMPLETED",
                card,
            )
        }
    }
}

fn register(account: &Account, now: Timestamp) -> Webhook {
    let customer = account
        .person
        .profile(&account.id, TIERS[account.tier].id(), now);
    let wallet = Some(account.snapshot());
    let registration = Registration {
        customer: Some(customer),
        wallet,
    };
    tell(account, EventKind::CustomerRegistration, registration)
}

fn earn(account: &mut Account, purchase: Purchase, now: Timestamp) -> Webhook {
    account.add(Prize::Points, purchase.total(), now);
    account.qualifying += purchase.total();
    account.last_purchase = Some(purchase);
    moved(
        account,
        EventKind::CustomerAccumulation,
        purchase_lines(purchase, 1, now),
    )
}

/// What a reversal takes back is, as far as Masivo's page tells, an accumulation below zero.
fn take_back(account: &mut Account, purchase: Purchase, now: Timestamp) -> Webhook {
    account.take(Prize::Points, purchase.total());
    account.qualifying = (account.qualifying - purchase.total()).max(0);
    account.last_purchase = None;
    moved(
        account,
        EventKind::CustomerAccumulation,
        purchase_lines(purchase, -1, now),
    )
}

fn purchase_lines(purchase: Purchase, sign: i64, now: Timestamp) -> Vec<Line> {
    let points = |campaign, amount| line(Prize::Points, campaign, sign * amount, now);
    let mut lines = vec![points(Prize::Points.campaign(), purchase.points())];
    if purchase.bonus() > 0 {
        lines.push(points(bonus_campaign(), purchase.bonus()));
    }
    lines
}

fn coupon(account: &Account, now: Timestamp) -> Webhook {
    // The clock never stands still, so that no code is given twice.
    let code = format!("COFFEE-{:X}", now.micros() / 1_000);
    let coupon = Coupon {
        campaign_id: Prize::Coffee.campaign(),
        code: Some(code),
    };
    tell(account, EventKind::CouponRedemption, coupon)
}

fn earn_coffee(account: &mut Account, now: Timestamp) -> Webhook {
    account.add(Prize::Coffee, ONE_COFFEE, now);
    let coffee = line(Prize::Coffee, Prize::Coffee.campaign(), ONE_COFFEE, now);
    moved(account, EventKind::CustomerAccumulation, vec![coffee])
}

fn redeem(account: &mut Account, points: i64, coffee: bool, now: Timestamp) -> Webhook {
    account.take(Prize::Points, points);
    let mut lines = vec![line(Prize::Points, Prize::Points.campaign(), points, now)];
    if coffee {
        account.take(Prize::Coffee, ONE_COFFEE);
        lines.push(line(
            Prize::Coffee,
            Prize::Coffee.campaign(),
            ONE_COFFEE,
            now,
        ));
    }
    moved(account, EventKind::CustomerRedemption, lines)
}

fn reserve(account: &mut Account, points: i64, now: Timestamp) -> Webhook {
    account.take(Prize::Points, points);
    let reservation = Reservation {
        millionths: points,
        issued_at: now,
    };
    account.reservation = Some(reservation);
    moved(
        account,
        EventKind::RewardsReservation,
        vec![reserved_line(reservation)],
    )
}

fn release(account: &mut Account, reservation: Reservation) -> Webhook {
    account.reservation = None;
    account.add(Prize::Points, reservation.millionths, reservation.issued_at);
    moved(
        account,
        EventKind::RewardsReservationCancelled,
        vec![reserved_line(reservation)],
    )
}

/// The wallet was already without what is spent now.
fn spend(account: &mut Account, reservation: Reservation) -> Webhook {
    account.reservation = None;
    moved(
        account,
        EventKind::CustomerRedemption,
        vec![reserved_line(reservation)],
    )
}

/// The line of a reservation, and of its end: the issue time is what tells which it belongs to.
fn reserved_line(
    Reservation {
        millionths,
        issued_at,
    }: Reservation,
) -> Line {
    Line {
        reservation_expires_at: Some(issued_at.saturating_add(RESERVED_FOR)),
        ..line(
            Prize::Points,
            Prize::Points.campaign(),
            millionths,
            issued_at,
        )
    }
}

fn change_tier(account: &mut Account, to: usize, cause: Cause) -> Webhook {
    let from = std::mem::replace(&mut account.tier, to);
    let (triggered_by, trigger) = match cause {
        Cause::Purchase(purchase) => ("EVENT", Some((purchase, "PURCHASE"))),
        Cause::Reversal(purchase) => ("REVERSAL", Some((purchase, "REVERSE"))),
        Cause::PeriodEnd => {
            account.lapsed[from] = true;
            account.qualifying = TIERS[to].threshold;
            ("CRON_DOWNGRADE", None)
        }
    };
    let kind = if to > from {
        EventKind::TierUpgrade
    } else {
        EventKind::TierDowngrade
    };
    let change = TierChange {
        from_tier_id: TIERS[from].id(),
        to_tier_id: TIERS[to].id(),
        from_tier_name: Some(TIERS[from].name.to_owned()),
        to_tier_name: Some(TIERS[to].name.to_owned()),
        from_tier_level: Some(TIERS[from].level),
        to_tier_level: Some(TIERS[to].level),
        triggered_by: Some(triggered_by.to_owned()),
        trigger_event_id: trigger.and_then(|(purchase, _)| uuid(purchase.id).try_into().ok()),
        trigger_event_type: trigger.map(|(_, kind)| kind.to_owned()),
    };
    tell(account, kind, change)
}

fn moved(account: &Account, kind: EventKind, lines: Vec<Line>) -> Webhook {
    tell(
        account,
        kind,
        Movement {
            lines,
            wallet: Some(account.snapshot()),
        },
    )
}

fn tell(account: &Account, kind: EventKind, data: impl Serialize) -> Webhook {
    webhook::of(account.id.clone(), kind, kind.as_str(), data)
}
