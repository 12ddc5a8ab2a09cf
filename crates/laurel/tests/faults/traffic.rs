//! A programme's webhooks on their way to a server, each posted until it is acknowledged.

use futures_util::{StreamExt, stream};
use laurel_simulator::{Programme, Settings, Traffic};
use tokio::sync::watch;

use crate::child::Server;

const POSTERS: usize = 6;

/// A programme's webhooks, some twice, some late.
pub(crate) fn traffic(seed: u32, webhooks: usize) -> Vec<Vec<u8>> {
    let seed = u64::from(seed);
    let settings = Settings {
        events: webhooks as u64,
        duplicates: 0.05,
        shuffle: 8,
        seed,
    };
    Traffic::new(Programme::new(seed, 40), settings)
        .map(|webhook| webhook.body)
        .collect()
}

/// Posts everything, and says how far it is. Returns the id that each post was answered with.
pub(crate) async fn post_all(
    server: &Server,
    traffic: &[Vec<u8>],
    posted: &watch::Sender<usize>,
) -> Vec<String> {
    let post = async |body: &Vec<u8>| {
        let (_, id) = server.post_until_acknowledged(body).await;
        posted.send_modify(|posted| *posted += 1);
        id
    };
    stream::iter(traffic)
        .map(post)
        .buffer_unordered(POSTERS)
        .collect()
        .await
}

/// Waits until so many were acknowledged.
pub(crate) async fn reached(posted: &watch::Sender<usize>, many: usize) {
    let mut posted = posted.subscribe();
    let reached = posted.wait_for(|posted| *posted >= many).await;
    reached.expect("a sender that is still there");
}
