//! The keys under which facts of Masivo's are in the log: the same fact, the same key, for ever.

use laurel_payloads::{Amount, CustomerId, ExternalKey, Timestamp};
use sha2::{Digest, Sha256};

use crate::wire::Transaction;

/// A profile as it was at a time: each look-up is a fact of its own.
pub(crate) fn profile(customer: &CustomerId, at: Timestamp) -> ExternalKey {
    key("profile", &format!("{}:{}", at.micros(), customer.as_str()))
}

/// A transaction, by its id; one without an id by everything that it says.
pub(crate) fn transaction(customer: &CustomerId, transaction: &Transaction) -> ExternalKey {
    if let Some(id) = &transaction.id {
        return key("transaction", id);
    }
    let Transaction {
        id: _,
        kind,
        reward_id,
        amount,
        brand_id,
        campaign_id,
        sender_id,
        receiver_id,
        created_at,
        issued_at,
    } = transaction;
    // As JSON: its form is nobody's to change.
    let said = serde_json::json!([
        customer,
        kind.as_str(),
        reward_id,
        amount.map(Amount::millionths),
        brand_id,
        campaign_id,
        sender_id,
        receiver_id,
        created_at.map(Timestamp::micros),
        issued_at.map(Timestamp::micros),
    ]);
    hashed("transaction", &said.to_string())
}

/// Masivo's ids are short; what is too long for a key, or no text for one, stands in it as its hash.
fn key(kind: &str, text: &str) -> ExternalKey {
    let plain = format!("masivo-api:{kind}:{text}").parse();
    plain.unwrap_or_else(|_| hashed(kind, text))
}

fn hashed(kind: &str, text: &str) -> ExternalKey {
    format!("masivo-api:{kind}:sha256:{:x}", Sha256::digest(text))
        .parse()
        .expect("a short text without control characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_readable_where_it_can_be_and_never_too_long() {
        let customer = |id: &str| id.parse::<CustomerId>().expect("an id");
        let at = Timestamp::from_micros(17);
        assert_eq!(
            profile(&customer("ana"), at).as_str(),
            "masivo-api:profile:17:ana"
        );
        let long = "x".repeat(255);
        let hashed = profile(&customer(&long), at);
        assert!(hashed.as_str().starts_with("masivo-api:profile:sha256:"));
        assert_ne!(hashed, profile(&customer(&long[1..]), at));
    }

    #[test]
    fn a_transaction_without_an_id_is_told_by_what_it_says() {
        let read = |text: &str| serde_json::from_str::<Transaction>(text).expect("one");
        let ana = "ana".parse().expect("an id");
        let one = read(r#"{"type":"EXPIRATION","amount":1}"#);
        let same = read(r#"{"amount":1.0,"type":"EXPIRATION","cost":2}"#);
        let other = read(r#"{"type":"EXPIRATION","amount":2}"#);
        assert_eq!(transaction(&ana, &one), transaction(&ana, &same));
        assert_ne!(transaction(&ana, &one), transaction(&ana, &other));
        let named = read(r#"{"id":"t-1","type":"EXPIRATION"}"#);
        assert_eq!(
            transaction(&ana, &named).as_str(),
            "masivo-api:transaction:t-1"
        );
    }
}
