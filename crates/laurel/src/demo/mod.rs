//! `laurel demo`: the main job in a minute, on nothing but a temporary folder.
//!
//! Everything is real: the server with its ports, the webhooks over HTTP, the question to the API,
//! the mail. Only the programme is made up, and the mail goes to a folder.

mod ask;
mod mailbox;
mod screen;
mod server;
mod story;

use std::time::Duration;

use anyhow::Context;
use async_graphql::ObjectType;
use bytes::Bytes;
use tokio::time::timeout;

use self::screen::Screen;
use self::server::Server;
use self::story::Story;
use crate::client::Client;
use crate::{Failure, Platform};

/// How long anything expected may take to show.
const PATIENCE: Duration = Duration::from_secs(30);

/// See it work: a make-believe programme's webhooks, one customer's history, and the mail.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Show it and exit, in place of serving on.
    #[arg(long)]
    once: bool,
}

pub(crate) async fn run<Q: ObjectType + 'static>(
    args: Args,
    platform: Platform<Q>,
) -> Result<(), Failure> {
    let screen = Screen::new();
    screen.title("Laurel: a loyalty programme, from webhook to mailbox");
    let mut server = Server::start(platform).await?;
    let interrupted = server.interrupted();
    let shown = tokio::select! {
        shown = show(&screen, &mut server) => shown,
        () = interrupted.cancelled() => return server.until_interrupted().await,
    };
    if args.once || shown.is_err() {
        server.stop().await?;
        return Ok(shown?);
    }
    screen.goodbye(&server);
    server.until_interrupted().await
}

/// Shows the main job, step by step; fails where anything expected does not show.
async fn show(screen: &Screen, server: &mut Server) -> anyhow::Result<()> {
    screen.step(1, "A server, with a database of its own");
    screen.line(&format!("{} on {}", server.url, server.database));

    let story = Story::tell()?;
    let hooks = format!("{}/webhooks/{}", server.url, server::SOURCE);
    let count = story.webhooks.len();
    screen.step(
        2,
        &format!("{count} webhooks of a café's programme, posted to {hooks}"),
    );
    post(&story, &Client::new(&hooks, Some(server::TOKEN))?, screen).await?;

    screen.step(
        3,
        "What happened to one of its customers? A question to the API:",
    );
    screen.quote(&ask::question(&story));
    let api = Client::new(&format!("{}/graphql", server.url), Some(&server.key))?;
    let answer = timeout(PATIENCE, ask::until_complete(&api, &story)).await;
    screen.note("and the answer:");
    screen.quote(&answer.context("the history is not complete")??);

    screen.step(4, "Their tier rose, so they were written to:");
    let mail = timeout(PATIENCE, server.mailbox.mail_to(&story.address)).await;
    let mail = mail.context("no mail was written")??;
    screen.quote(&mail.text);
    screen.note(&format!(
        "As it would be sent, with its HTML part: {}",
        mail.path.display()
    ));
    Ok(())
}

/// Posts the story, and its last webhook once more.
async fn post(story: &Story, client: &Client, screen: &Screen) -> anyhow::Result<()> {
    for webhook in &story.webhooks {
        story::expect(
            "accepted",
            &client
                .post_patiently(Bytes::from(webhook.body.clone()))
                .await?,
        )?;
    }
    screen.line(&story.contents());
    if let Some(last) = story.webhooks.last() {
        story::expect(
            "duplicate",
            &client
                .post_patiently(Bytes::from(last.body.clone()))
                .await?,
        )?;
        screen.line("The last one once more is answered `duplicate`, and changes nothing.");
    }
    Ok(())
}
