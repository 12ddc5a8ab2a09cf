//! `laurel simulate`: a make-believe programme's webhooks, posted to a server.

use std::num::NonZeroUsize;
use std::time::Duration;

use anyhow::{anyhow, bail};
use bytes::Bytes;
use laurel_simulator::{Programme, Settings, Traffic};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::Failure;
use crate::client::{Answer, Client};

/// Post a make-believe loyalty programme's webhooks to a server; the same seed, the same webhooks.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to post: `http://127.0.0.1:8080/webhooks/SOURCE`.
    #[arg(long, value_name = "URL")]
    to: String,
    /// The source's token; better in the environment than here, where every user sees it.
    #[arg(
        long,
        env = "LAUREL_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: Option<String>,
    /// How many customers the programme has.
    #[arg(long, default_value_t = 20, value_name = "N")]
    customers: usize,
    /// How many different webhooks to post.
    #[arg(long, default_value_t = 200, value_name = "N")]
    events: u64,
    /// How many to post a second; as fast as they are answered, unless given.
    #[arg(long, value_name = "R")]
    rate: Option<f64>,
    /// How likely a webhook is posted again, between 0 and 1.
    #[arg(long, default_value_t = 0.0, value_name = "P")]
    duplicates: f64,
    /// How many others may overtake a webhook.
    #[arg(long, default_value_t = 0, value_name = "W")]
    shuffle: u64,
    /// Decides everything that is left to chance.
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// How many posts may be under way; more than one gives up their order.
    #[arg(long, default_value = "1", value_name = "N")]
    parallel: NonZeroUsize,
}

/// What the server said, counted.
#[derive(Debug, Default)]
struct Tally {
    accepted: u64,
    duplicate: u64,
    quarantined: u64,
}

pub(super) async fn run(args: Args) -> Result<(), Failure> {
    let usage = |text: &str| Err(Failure::Usage(text.to_owned()));
    if args.customers == 0 {
        return usage("--customers: a programme without customers sends nothing");
    }
    if !(0.0..=1.0).contains(&args.duplicates) {
        return usage("--duplicates is a likelihood, between 0 and 1");
    }
    if args
        .rate
        .is_some_and(|rate| !rate.is_finite() || rate <= 0.0)
    {
        return usage("--rate is a number above 0");
    }
    let client = Client::new(&args.to, args.token.as_deref())
        .map_err(|error| Failure::Usage(format!("--to: {error:#}")))?;
    let started = Instant::now();
    let tally = post_all(&args, &client).await?;
    let total = tally.accepted + tally.duplicate + tally.quarantined;
    let Tally {
        accepted,
        duplicate,
        quarantined,
    } = tally;
    let seconds = started.elapsed().as_secs_f64();
    super::print(&format!(
        "posted {total} webhooks in {seconds:.1} s: {accepted} accepted, {duplicate} duplicate, {quarantined} quarantined\n"
    ))
}

async fn post_all(args: &Args, client: &Client) -> anyhow::Result<Tally> {
    let settings = Settings {
        events: args.events,
        duplicates: args.duplicates,
        shuffle: args.shuffle,
        seed: args.seed,
    };
    let every = args.rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
    let mut due = Instant::now();
    let (mut tally, mut posts) = (Tally::default(), JoinSet::new());
    for webhook in Traffic::new(Programme::new(args.seed, args.customers), settings) {
        if let Some(every) = every {
            sleep_until(due).await;
            due += every;
        }
        if posts.len() >= args.parallel.get()
            && let Some(answer) = posts.join_next().await
        {
            tally.count(&answer??)?;
        }
        let client = client.clone();
        posts.spawn(async move { client.post_patiently(Bytes::from(webhook.body)).await });
    }
    while let Some(answer) = posts.join_next().await {
        tally.count(&answer??)?;
    }
    Ok(tally)
}

impl Tally {
    fn count(&mut self, answer: &Answer) -> anyhow::Result<()> {
        let body = String::from_utf8_lossy(&answer.body);
        if !answer.status.is_success() {
            let said: String = body.chars().take(500).collect();
            bail!(
                "the server answered {}: {}",
                answer.status,
                said.escape_debug()
            );
        }
        let answer: serde_json::Value = serde_json::from_str(&body)?;
        match answer.get("status").and_then(|status| status.as_str()) {
            Some("accepted") => self.accepted += 1,
            Some("duplicate") => self.duplicate += 1,
            Some("quarantined") => self.quarantined += 1,
            _ => {
                return Err(anyhow!(
                    "the answer is not Laurel's: is this the URL of a source?"
                ));
            }
        }
        Ok(())
    }
}
