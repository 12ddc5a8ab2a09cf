//! Wallets add up to the millionth, after every single webhook.

use std::collections::BTreeMap;

use laurel_payloads::{CustomerId, Event, Line, Movement, Payload, RewardId, Timestamp, Wallet};
use laurel_simulator::Programme;
use proptest::prelude::*;

type Sums = BTreeMap<RewardId, i64>;

/// A customer's wallet, worked out from the movements alone.
#[derive(Default)]
struct Book {
    held: Sums,
    reserved: BTreeMap<(RewardId, Timestamp), i64>,
}

impl Book {
    fn enter(&mut self, payload: &Payload) {
        match payload {
            Payload::CustomerAccumulation(movement) => self.move_each(movement, 1),
            Payload::RewardsReservation(movement) => {
                self.move_each(movement, -1);
                for line in &movement.lines {
                    assert_eq!(
                        self.reserved.insert(reservation(line), millionths(line)),
                        None
                    );
                }
            }
            Payload::RewardsReservationCancelled(movement) => {
                self.move_each(movement, 1);
                for line in &movement.lines {
                    assert_eq!(
                        self.reserved.remove(&reservation(line)),
                        Some(millionths(line))
                    );
                }
            }
            Payload::CustomerRedemption(movement) => {
                for line in &movement.lines {
                    if self.reserved.remove(&reservation(line)).is_none() {
                        *self.held.entry(reservation(line).0).or_default() -= millionths(line);
                    }
                }
            }
            _ => {}
        }
        self.held.retain(|_, sum| *sum != 0);
    }

    fn move_each(&mut self, movement: &Movement, sign: i64) {
        for line in &movement.lines {
            *self.held.entry(reservation(line).0).or_default() += sign * millionths(line);
        }
    }
}

fn reservation(line: &Line) -> (RewardId, Timestamp) {
    (
        line.reward_id.clone().expect("a reward"),
        line.issued_at.expect("a time"),
    )
}

fn millionths(line: &Line) -> i64 {
    line.amount.expect("an amount").millionths()
}

fn wallet(payload: &Payload) -> Option<&Wallet> {
    match payload {
        Payload::CustomerRegistration(registration) => registration.wallet.as_ref(),
        Payload::CustomerAccumulation(movement)
        | Payload::CustomerRedemption(movement)
        | Payload::RewardsReservation(movement)
        | Payload::RewardsReservationCancelled(movement) => movement.wallet.as_ref(),
        _ => None,
    }
}

fn totals(wallet: &Wallet) -> Sums {
    let totals = wallet.totals.iter();
    totals
        .map(|total| {
            (
                total.reward_id.clone().expect("a reward"),
                total.total.expect("a total").millionths(),
            )
        })
        .collect()
}

fn lines(wallet: &Wallet) -> Sums {
    let mut sums = Sums::new();
    for line in &wallet.lines {
        assert!(millionths(line) > 0);
        *sums.entry(reservation(line).0).or_default() += millionths(line);
    }
    sums
}

fn check(seed: u64, customers: usize, webhooks: usize) {
    let mut books = BTreeMap::<CustomerId, Book>::new();
    for webhook in Programme::new(seed, customers).take(webhooks) {
        let payload = Event::parse(&webhook.body).expect("an event").payload;
        let book = books.entry(webhook.customer_id).or_default();
        book.enter(&payload);
        if let Some(wallet) = wallet(&payload) {
            assert_eq!(totals(wallet), book.held);
            assert_eq!(lines(wallet), book.held);
        }
    }
}

#[test]
fn a_long_story_of_one_customer_adds_up() {
    check(1, 1, 5_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn every_story_adds_up_at_every_point(seed in any::<u64>(), customers in 1..20_usize) {
        check(seed, customers, 400);
    }
}
