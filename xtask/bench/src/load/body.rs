//! Bodies: accumulations of many customers, each different from every other.

use std::cell::Cell;
use std::rc::Rc;

/// Customers take their turns.
const CUSTOMERS: u64 = 100_000;

/// Every body that has been or will be posted in this run.
#[derive(Clone, Default)]
pub(crate) struct Bodies(Rc<Cell<u64>>);

/// The bodies of one connection.
pub(crate) struct Stream {
    made: Rc<Cell<u64>>,
    body: Vec<u8>,
    customer: usize,
    wallet: usize,
}

/// The digits that tell a customer, and a body, from every other.
const CUSTOMER: &str = "000000000000";
const WALLET: &str = "999999999999";

impl Bodies {
    /// Bodies of about `size` bytes, and never the same twice.
    pub(crate) fn of(&self, size: usize) -> Stream {
        let body = template(size);
        Stream {
            made: Rc::clone(&self.0),
            customer: body.find(CUSTOMER).unwrap_or_default(),
            wallet: body.find(WALLET).unwrap_or_default(),
            body: body.into_bytes(),
        }
    }
}

impl Stream {
    pub(crate) fn next(&mut self) -> &[u8] {
        let number = self.made.get();
        self.made.set(number + 1);
        digits(&mut self.body[self.customer..], number % CUSTOMERS);
        digits(&mut self.body[self.wallet..], number);
        &self.body
    }
}

fn digits(place: &mut [u8], mut number: u64) {
    for digit in place[..CUSTOMER.len()].iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

/// An accumulation as Masivo sends it, with as many lines in the wallet as it takes to be of that size.
fn template(size: usize) -> String {
    let line = r#"{"amount":12.6,"reward_id":"8f26a2be-f922-4693-a273-9d7ab317024c","campaign_id":"c0a1f7de-2b8f-4c7c-8d39-6b1a1b6a0d01","brand_id":"cafe-central","issued_at":"2026-01-06T15:10:02.331Z","expiration_date":"2027-01-06T00:00:00.000Z"}"#;
    let of = |lines: &str, note: &str| {
        format!(
            r#"{{"event":"CUSTOMER_ACCUMULATION","data":{{"customer_id":"c-{CUSTOMER}","lines":[{{"amount":12.6,"reward_id":"8f26a2be-f922-4693-a273-9d7ab317024c"}}],"wallet":{{"id":"7e1d3f44-0a55-4a5d-8f0a-{WALLET}","lines":[{lines}],"totals":[{{"total":127.6,"reward_id":"8f26a2be-f922-4693-a273-9d7ab317024c","reward":{{"id":"8f26a2be-f922-4693-a273-9d7ab317024c","name":"Points","type":"POINTS"}}}}]}},"note":"{note}"}}}}"#
        )
    };
    let left = size.saturating_sub(of("", "").len());
    let lines = left / (line.len() + 1);
    let lines = vec![line; lines].join(",");
    let note = "x".repeat(size.saturating_sub(of(&lines, "").len()));
    of(&lines, &note)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn bodies_are_json_of_the_size_asked_for_and_all_different() {
        let bodies = Bodies::default();
        let mut seen = HashSet::new();
        for size in [512, 1536, 20_480] {
            let mut stream = bodies.of(size);
            for _ in 0..3 {
                let body = stream.next().to_vec();
                assert_eq!(body.len(), size);
                serde_json::from_slice::<serde_json::Value>(&body).unwrap();
                assert!(seen.insert(body));
            }
        }
    }
}
