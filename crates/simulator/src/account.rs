//! What the programme knows of one customer: a wallet to the millionth, a tier, and little else.

use std::time::Duration;

use laurel_payloads::{Amount, CampaignId, CustomerId, Line, Timestamp, Total, Wallet};

use crate::catalogue::{Prize, brand};
use crate::people::Person;

/// Memory for a customer does not grow: older batches are merged.
const BATCHES: usize = 4;
const VALID_FOR: Duration = Duration::from_hours(2 * 365 * 24);

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: CustomerId,
    pub(crate) person: Person,
    /// Whether anything was ever sent about them.
    pub(crate) seen: bool,
    wallet: u128,
    /// One for each [`Prize`], the oldest batch first.
    holdings: [Vec<Batch>; 2],
    pub(crate) reservation: Option<Reservation>,
    /// An index into the catalogue's tiers.
    pub(crate) tier: usize,
    /// Points, in millionths, that count towards a tier: all that was earned, until a reporting
    /// period ends.
    pub(crate) qualifying: i64,
    /// Tiers lost at the end of a period. Such a webhook has no id and no time, so that a second
    /// one would be the same, byte for byte.
    pub(crate) lapsed: [bool; 4],
    pub(crate) last_purchase: Option<Purchase>,
}

#[derive(Debug, Clone, Copy)]
struct Batch {
    millionths: i64,
    issued_at: Timestamp,
}

/// Points set aside until they are spent or released.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reservation {
    pub(crate) millionths: i64,
    pub(crate) issued_at: Timestamp,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Purchase {
    pub(crate) id: u128,
    pub(crate) cents: i64,
    pub(crate) issued_at: Timestamp,
}

impl Purchase {
    /// A point for each unit of money, in millionths.
    pub(crate) fn points(self) -> i64 {
        self.cents * 10_000
    }

    /// A twentieth more for every fourth purchase or so; exact, since a cent has 10,000 millionths.
    pub(crate) fn bonus(self) -> i64 {
        if self.cents % 4 == 0 {
            self.cents * 500
        } else {
            0
        }
    }

    pub(crate) fn total(self) -> i64 {
        self.points() + self.bonus()
    }
}

impl Account {
    pub(crate) fn new(id: CustomerId, person: Person, wallet: u128) -> Self {
        Self {
            id,
            person,
            seen: false,
            wallet,
            holdings: [Vec::new(), Vec::new()],
            reservation: None,
            tier: 0,
            qualifying: 0,
            lapsed: [false; 4],
            last_purchase: None,
        }
    }

    /// What is held of a reward, in millionths; what is reserved is not.
    pub(crate) fn balance(&self, prize: Prize) -> i64 {
        self.holdings[prize as usize]
            .iter()
            .map(|batch| batch.millionths)
            .sum()
    }

    pub(crate) fn add(&mut self, prize: Prize, millionths: i64, issued_at: Timestamp) {
        let batches = &mut self.holdings[prize as usize];
        batches.push(Batch {
            millionths,
            issued_at,
        });
        if batches.len() > BATCHES {
            let oldest = batches.remove(0);
            batches[0].millionths += oldest.millionths;
        }
    }

    /// Takes what the caller has seen to be there, from the oldest batch on.
    pub(crate) fn take(&mut self, prize: Prize, millionths: i64) {
        let mut due = millionths;
        for batch in &mut self.holdings[prize as usize] {
            let part = due.min(batch.millionths);
            batch.millionths -= part;
            due -= part;
        }
        self.holdings[prize as usize].retain(|batch| batch.millionths > 0);
    }

    /// The wallet as a webhook shows it.
    pub(crate) fn snapshot(&self) -> Wallet {
        let held = |prize: &Prize| !self.holdings[*prize as usize].is_empty();
        let held = Prize::ALL.into_iter().filter(held);
        Wallet {
            id: Some(uuid(self.wallet)),
            lines: held.clone().flat_map(|prize| self.lines(prize)).collect(),
            totals: held.map(|prize| self.total(prize)).collect(),
        }
    }

    fn lines(&self, prize: Prize) -> impl Iterator<Item = Line> {
        let batches = self.holdings[prize as usize].iter();
        batches.map(move |batch| line(prize, prize.campaign(), batch.millionths, batch.issued_at))
    }

    fn total(&self, prize: Prize) -> Total {
        let oldest = self.holdings[prize as usize].first();
        Total {
            total: Some(Amount::from_millionths(self.balance(prize))),
            reward_id: prize.id(),
            expiration_date: oldest.map(|batch| batch.issued_at.saturating_add(VALID_FOR)),
            reward: Some(prize.reward()),
        }
    }
}

/// A line as a webhook shows it.
pub(crate) fn line(
    prize: Prize,
    campaign_id: Option<CampaignId>,
    millionths: i64,
    issued_at: Timestamp,
) -> Line {
    Line {
        amount: Some(Amount::from_millionths(millionths)),
        reward_id: prize.id(),
        campaign_id,
        brand_id: brand(),
        issued_at: Some(issued_at),
        expiration_date: Some(issued_at.saturating_add(VALID_FOR)),
        reservation_expires_at: None,
    }
}

/// Random bits in the form of Masivo's ids.
pub(crate) fn uuid(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}
