//! Profiles and wallets: what an event shows as it was at that moment.

use std::collections::BTreeMap;

use laurel_payloads::{Amount, BehaviorEvent, Consent, Customer, RewardId, Wallet};
use laurel_store::{BalanceLine, LearntReward, Profile, WalletSnapshot};

use serde_json::value::RawValue;

use crate::RecordedEvent;

pub(super) fn profile(seq: i64, customer: &Customer) -> Profile {
    Profile {
        seq,
        name: customer.name.clone(),
        email: customer.email.clone(),
        status: customer.status.clone(),
        is_anonymous: customer.is_anonymous,
        country: customer.country.clone(),
        registered_at: customer.registration_date,
        consents_to_email: customer.consent.as_ref().map(consents_to_email),
    }
}

/// The profile in the result of a behavior event, where a whole one is there: of a part, nobody could tell whether the
/// consent in the profile before still holds.
pub(super) fn resulting_profile(seq: i64, event: &BehaviorEvent) -> Option<Profile> {
    let result: BTreeMap<String, &RawValue> =
        serde_json::from_str(event.result.as_ref()?.get()).ok()?;
    let customer: Customer = serde_json::from_str(result.get("customer")?.get()).ok()?;
    let whole =
        customer.email.is_some() && customer.status.is_some() && customer.is_anonymous.is_some();
    whole.then(|| profile(seq, &customer))
}

/// Where a consent is recorded, a purpose is allowed only where it is explicitly true (Masivo, "Privacy & consent").
fn consents_to_email(consent: &Consent) -> bool {
    let purposes = consent.purposes.as_ref();
    purposes.and_then(|purposes| purposes.email_marketing) == Some(true)
}

/// A wallet may list a reward several times, by date of expiry: its balance is their sum, and expires first when the
/// first of them does.
pub(super) fn wallet(event: &RecordedEvent, wallet: &Wallet) -> WalletSnapshot {
    let mut balances = BTreeMap::<&RewardId, BalanceLine>::new();
    for total in &wallet.totals {
        let Some(reward_id) = &total.reward_id else {
            continue;
        };
        let amount = total.total.unwrap_or(Amount::ZERO);
        balances
            .entry(reward_id)
            .and_modify(|line| {
                line.total = line.total.checked_add(amount).unwrap_or(line.total);
                line.expires_at = [line.expires_at, total.expiration_date]
                    .into_iter()
                    .flatten()
                    .min();
            })
            .or_insert_with(|| BalanceLine {
                reward_id: reward_id.clone(),
                total: amount,
                expires_at: total.expiration_date,
            });
    }
    let balances = balances.into_values().collect();
    WalletSnapshot {
        seq: event.seq,
        as_of: event.occurred_at,
        balances,
    }
}

/// The rewards that a wallet describes.
pub(super) fn rewards_of_wallet(event: &RecordedEvent, wallet: &Wallet) -> Vec<LearntReward> {
    wallet
        .totals
        .iter()
        .filter_map(|total| {
            let reward = total.reward.as_ref();
            Some(LearntReward {
                source: event.source.clone(),
                reward_id: total.reward_id.clone().or_else(|| reward?.id.clone())?,
                seq: if reward.is_some() { event.seq } else { 0 },
                brand_id: reward.and_then(|reward| reward.brand_id.clone()),
                name: reward.and_then(|reward| reward.name.clone()),
                kind: reward.and_then(|reward| reward.r#type.clone()),
                conversion_factor: reward
                    .and_then(|reward| reward.attributes.as_ref())
                    .and_then(|attributes| attributes.conversion_factor),
            })
        })
        .collect()
}
