//! The question to the API, and its answer.

use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;
use serde_json::{Value, json};

use super::story::Story;
use crate::client::Client;

/// The history follows the webhooks within milliseconds.
const AGAIN: Duration = Duration::from_millis(50);

/// The question that the demo asks.
pub(super) fn question(story: &Story) -> String {
    format!(
        r#"{{
  customer(id: "{}") {{
    name
    tier {{ tier {{ name }} previousTier {{ name }} since }}
    wallet {{ balances {{ reward {{ name }} total }} }}
    history(first: 6) {{
      totalCount
      nodes {{
        kind
        occurredAt
        ... on Accumulation {{ lines {{ amount reward {{ name }} }} }}
        ... on Redemption {{ lines {{ amount reward {{ name }} }} }}
        ... on TierChange {{ from {{ name }} to {{ name }} }}
        ... on CouponRedemption {{ code }}
      }}
    }}
  }}
}}"#,
        story.hero
    )
}

/// Asks until the history holds everything that was posted; the answer's text.
pub(super) async fn until_complete(api: &Client, story: &Story) -> anyhow::Result<String> {
    loop {
        let answer = ask(api, &question(story)).await?;
        let body: Value = serde_json::from_slice(&answer)?;
        ensure!(body.get("errors").is_none(), "the API answered {body}");
        let customer = &body["data"]["customer"];
        let complete = customer["history"]["totalCount"] == story.entries;
        if complete && !customer["tier"].is_null() {
            // This type keeps the fields in the order of the answer.
            let ordered: async_graphql::Value = serde_json::from_slice(&answer)?;
            return Ok(compact(&serde_json::to_string_pretty(&ordered)?));
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn ask(api: &Client, query: &str) -> anyhow::Result<Bytes> {
    let request = json!({ "query": query }).to_string();
    let answer = api.post_patiently(Bytes::from(request)).await?;
    ensure!(
        answer.status.is_success(),
        "the API answered {}",
        answer.status
    );
    Ok(answer.body)
}

/// Pretty JSON with what fits put on one line: an answer is to be read, not scrolled.
fn compact(pretty: &str) -> String {
    let lines: Vec<&str> = pretty.lines().collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let (count, text) = joined(&lines[at..]).unwrap_or((1, (*line).to_owned()));
        out.push(text);
        at += count;
    }
    out.join("\n")
}

/// The widest that a joined line may be.
const WIDTH: usize = 96;

/// The object or list that opens on the first line, on one line, if it fits.
fn joined(lines: &[&str]) -> Option<(usize, String)> {
    let first = lines.first()?;
    if !first.ends_with(['{', '[']) {
        return None;
    }
    let indent = first.len() - first.trim_start().len();
    let end = lines
        .iter()
        .skip(1)
        .position(|line| line.len() - line.trim_start().len() == indent)?
        + 1;
    let inner: Vec<&str> = lines[1..end].iter().map(|line| line.trim()).collect();
    let text = format!("{first} {} {}", inner.join(" "), lines[end].trim());
    (text.chars().count() <= WIDTH).then_some((end + 1, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_put_on_one_line() {
        let value = json!({ "a": { "b": [1, 2] }, "c": "x".repeat(90) });
        let text = compact(&serde_json::to_string_pretty(&value).unwrap());
        assert_eq!(text.lines().nth(1), Some("  \"a\": { \"b\": [ 1, 2 ] },"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
