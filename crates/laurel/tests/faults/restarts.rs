//! PostgreSQL is stopped under load, as a crash would, and started again: Laurel goes on without a restart.

use std::time::Duration;

use laurel_testkit::run_for;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::aftermath::all_is_well;
use crate::child::{Server, eventually, get};
use crate::cluster::Cluster;
use crate::dose::{dose, limit, seed};
use crate::traffic::{post_all, reached, traffic};

/// Between two restarts.
const WEBHOOKS: usize = 120;
/// Posts while there is no database, one after the other.
const PROBES: usize = 12;
/// A sender that is to come again is told so while it still listens.
const QUICKLY: Duration = Duration::from_secs(4);

mod postgres {
    #[test]
    fn a_database_that_goes_away_and_comes_back_costs_nothing() {
        let limit = super::limit(super::restarts(), super::Duration::from_secs(30));
        super::run_for(limit, super::goes_away_and_comes_back());
    }
}

fn restarts() -> usize {
    dose("LAUREL_TEST_RESTARTS", 3)
}

async fn goes_away_and_comes_back() {
    let seed = seed("restarts");
    let traffic = traffic(seed, WEBHOOKS * restarts());
    let cluster = Cluster::start().await;
    let server = Server::new(&cluster.url()).await;
    let posted = watch::Sender::new(0);
    let (acknowledged, ()) = tokio::join!(
        post_all(&server, &traffic, &posted),
        stop_again_and_again(
            &cluster,
            &server,
            &posted,
            StdRng::seed_from_u64(seed.into())
        ),
    );
    all_is_well(&server, &cluster.url(), &traffic, &acknowledged).await;
}

async fn stop_again_and_again(
    cluster: &Cluster,
    server: &Server,
    posted: &watch::Sender<usize>,
    mut rng: StdRng,
) {
    for restart in 0..restarts() {
        reached(posted, WEBHOOKS * restart + rng.random_range(1..WEBHOOKS)).await;
        cluster.stop().await;
        while_it_is_away(server).await;
        cluster.resume().await;
        eventually("ready again", async || readiness(server).await == 200).await;
    }
}

async fn while_it_is_away(server: &Server) {
    for number in 0..PROBES {
        let body = format!(r#"{{"event":"NEVER","data":{{"n":{number}}}}}"#);
        let began = Instant::now();
        let answer = server.post(body.as_bytes()).await.expect("an answer");
        answer.assert_told_to_come_again();
        assert!(began.elapsed() < QUICKLY, "{:?}", began.elapsed());
    }
    assert_eq!(readiness(server).await, 503);
}

async fn readiness(server: &Server) -> u16 {
    get(server.admin, "/readyz")
        .await
        .expect("an answer")
        .status
}
