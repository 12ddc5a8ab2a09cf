//! Behavior events: the purchases and reversals that the brand reports to Masivo.

use laurel_payloads::{Amount, BehaviorEvent, BehaviorOutcome, Timestamp};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::account::{Purchase, uuid};
use crate::catalogue::BRAND;

/// A purchase that went well.
pub(crate) fn fulfilled(purchase: Purchase, now: Timestamp) -> BehaviorOutcome {
    BehaviorOutcome {
        event: BehaviorEvent {
            status: Some("RESOLVED".to_owned()),
            fulfilled: Some(true),
            result: raw(&json!({ "redemptions": [], "gift_card": [] })),
            ..bought(purchase, now)
        },
    }
}

/// A purchase that Masivo could not handle; with each try the same id, at another time.
pub(crate) fn failed(purchase: Purchase, now: Timestamp) -> BehaviorOutcome {
    BehaviorOutcome {
        event: BehaviorEvent {
            status: Some("FAILED".to_owned()),
            fulfilled: Some(false),
            result: raw(&json!({ "error": "campaign budget exhausted" })),
            ..bought(purchase, now)
        },
    }
}

/// The reversal of a purchase, which is a behavior event with an id of its own.
pub(crate) fn reversed(purchase: Purchase, id: u128, now: Timestamp) -> BehaviorOutcome {
    BehaviorOutcome {
        event: BehaviorEvent {
            id: uuid(id).try_into().ok(),
            r#type: Some("REVERSE".to_owned()),
            status: Some("RESOLVED".to_owned()),
            fulfilled: Some(true),
            data: raw(&json!({ "brand_id": BRAND, "order": { "purchase_id": invoice(purchase) } })),
            issued_at: Some(now),
            ..bought(purchase, now)
        },
    }
}

fn bought(purchase: Purchase, now: Timestamp) -> BehaviorEvent {
    let value = Amount::from_millionths(purchase.cents * 10_000);
    let product =
        json!({ "sku": "LATTE-12", "amount": 1, "value": value, "discounted_value": value });
    let data = json!({
        "brand_id": BRAND,
        "platform": "pos",
        "order": {
            "purchase_id": invoice(purchase),
            "value": value,
            "discounted_value": value,
            "products": [product],
            "payment_method": "CREDIT",
            "channel_id": "pos",
        },
    });
    BehaviorEvent {
        id: uuid(purchase.id).try_into().ok(),
        r#type: Some("PURCHASE".to_owned()),
        data: raw(&data),
        issued_at: Some(purchase.issued_at),
        processing_at: Some(now),
        resolved_at: Some(now),
        ..BehaviorEvent::default()
    }
}

fn invoice(purchase: Purchase) -> String {
    format!("INV-{:08X}", purchase.id >> 96)
}

fn raw(data: &Value) -> Option<Box<RawValue>> {
    to_raw_value(data).ok()
}
