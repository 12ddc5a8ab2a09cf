//! The server is killed with SIGKILL in the middle of a programme's traffic, again and again.

use std::time::Duration;

use laurel_testkit::{TestDatabase, both_databases};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::aftermath::all_is_well;
use crate::child::Server;
use crate::dose::{dose, limit, seed};
use crate::traffic::{post_all, reached, traffic};

/// Between two kills.
const WEBHOOKS: usize = 70;

both_databases!(within a_while: nothing_acknowledged_is_lost);

fn kills() -> usize {
    dose("LAUREL_TEST_KILLS", 10)
}

fn a_while() -> Duration {
    limit(kills(), Duration::from_secs(5))
}

async fn nothing_acknowledged_is_lost(database: TestDatabase) {
    let seed = seed("kills");
    let traffic = traffic(seed, WEBHOOKS * kills());
    let server = Server::new(&database.url).await;
    let posted = watch::Sender::new(0);
    let (acknowledged, ()) = tokio::join!(
        post_all(&server, &traffic, &posted),
        kill_again_and_again(&server, &posted, StdRng::seed_from_u64(u64::from(seed))),
    );
    all_is_well(&server, &database.url, &traffic, &acknowledged).await;
}

async fn kill_again_and_again(server: &Server, posted: &watch::Sender<usize>, mut rng: StdRng) {
    for kill in 0..kills() {
        // Each kill falls at a random moment of its share of the traffic, and of what the server does then.
        reached(posted, WEBHOOKS * kill + rng.random_range(1..WEBHOOKS)).await;
        sleep(Duration::from_micros(rng.random_range(0..20_000))).await;
        server.kill_and_restart().await;
    }
}
