//! A difference in words, for a terminal and for `grep` alike.

use laurel_payloads::{Amount, CustomerId};

use super::compare::Difference;
use super::explain::{Cause, Why};
use crate::accounts::Asked;

/// The difference in a line, and each cause in one below it.
pub(super) fn difference(account: &Asked, customer: &CustomerId, of: &Difference) -> String {
    let name = of.name.as_deref().map(printable).unwrap_or_default();
    let name = if name.is_empty() {
        of.reward.to_string()
    } else {
        format!("{} ({name})", of.reward)
    };
    let as_of = match of.as_of {
        Some(at) => format!("as of {at}"),
        None => "no wallet has come".to_owned(),
    };
    let size = signed(Amount::from_millionths(of.size()));
    let mut text = format!(
        "{} {customer} {name}: {} here ({as_of}), {} at Masivo: {size}\n",
        account.source, of.here, of.there
    );
    for cause in &of.causes {
        text += &format!("  {}\n", line(cause));
    }
    if !of.is_explained() {
        text += &format!("  {} unexplained\n", signed(of.rest()));
    }
    text
}

fn line(cause: &Cause) -> String {
    let why = match cause.why {
        Why::External => "no webhook tells of it; it is in the history",
        Why::NotBroughtIn => {
            "no webhook tells of it; `laurel backfill transactions` brings it into the history"
        }
        Why::WebhookMissing => "its webhook never came",
        Why::WebhookYoung => "its webhook has not come yet",
    };
    let at = cause.at.map(|at| format!(" {at}")).unwrap_or_default();
    format!("{} {}{at}: {why}", signed(cause.amount), cause.name)
}

fn signed(amount: Amount) -> String {
    let plus = if amount > Amount::ZERO { "+" } else { "" };
    format!("{plus}{amount}")
}

/// What a terminal may be shown.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}
