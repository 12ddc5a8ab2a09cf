//! What a transaction means for the customer's wallet.

use laurel_payloads::{Amount, CustomerId};

use crate::wire::{Transaction, TransactionType};

/// By which ids Masivo may name the customer: the brand's own, and its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<'a> {
    pub(crate) customer: &'a CustomerId,
    pub(crate) owner: Option<&'a str>,
}

impl Named<'_> {
    fn is(&self, id: Option<&String>) -> bool {
        id.is_some_and(|id| id == self.customer.as_str() || Some(id.as_str()) == self.owner)
    }
}

/// The amount with its sign: positive where the customer gained. None where nothing moved, or nobody can tell which way.
///
/// Masivo does not document the sign. What is spent and what expires goes, whatever sign it has; a transfer goes from its
/// sender to its receiver; anything else is taken as it is.
pub(crate) fn signed(transaction: &Transaction, named: Named<'_>) -> Option<Amount> {
    let amount = transaction.amount?;
    let size = amount.millionths().saturating_abs();
    match transaction.kind {
        TransactionType::Redemption | TransactionType::Expiration => {
            Some(Amount::from_millionths(-size))
        }
        TransactionType::Transfer => {
            let sent = named.is(transaction.sender_id.as_ref());
            let received = named.is(transaction.receiver_id.as_ref());
            match (sent, received) {
                (true, false) => Some(Amount::from_millionths(-size)),
                (false, true) => Some(Amount::from_millionths(size)),
                _ => Some(amount).filter(|_| amount < Amount::ZERO),
            }
        }
        _ => Some(amount),
    }
}

/// Whether Masivo sends a webhook about it.
pub(crate) fn has_webhook(kind: &TransactionType) -> bool {
    matches!(
        kind,
        TransactionType::Accumulation | TransactionType::Redemption
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Option<String> {
        let ana = "ana".parse().expect("an id");
        let named = Named {
            customer: &ana,
            owner: Some("internal"),
        };
        let transaction = serde_json::from_str(text).expect("a transaction");
        signed(&transaction, named).map(|amount| amount.to_string())
    }

    #[test]
    fn what_goes_is_negative_and_a_transfer_goes_from_its_sender() {
        for (text, expected) in [
            (r#"{"type":"ACCUMULATION","amount":5}"#, Some("5")),
            (r#"{"type":"REDEMPTION","amount":5}"#, Some("-5")),
            (r#"{"type":"EXPIRATION","amount":0.3}"#, Some("-0.3")),
            (r#"{"type":"EXPIRATION","amount":-0.3}"#, Some("-0.3")),
            (r#"{"type":"MIGRATION","amount":100}"#, Some("100")),
            (r#"{"type":"REVERSAL","amount":-7}"#, Some("-7")),
            (r#"{"type":"BONUS","amount":1}"#, Some("1")),
            (r#"{"type":"BONUS"}"#, None),
            (
                r#"{"type":"TRANSFER","amount":5,"sender_id":"ana","receiver_id":"x"}"#,
                Some("-5"),
            ),
            (
                r#"{"type":"TRANSFER","amount":5,"sender_id":"x","receiver_id":"internal"}"#,
                Some("5"),
            ),
            (
                r#"{"type":"TRANSFER","amount":-5,"sender_id":"x","receiver_id":"y"}"#,
                Some("-5"),
            ),
            (
                r#"{"type":"TRANSFER","amount":5,"sender_id":"x","receiver_id":"y"}"#,
                None,
            ),
            (r#"{"type":"TRANSFER","amount":5}"#, None),
        ] {
            assert_eq!(amount(text).as_deref(), expected, "{text}");
        }
    }
}
