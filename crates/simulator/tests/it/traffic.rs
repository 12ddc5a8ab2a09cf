//! Traffic: the same webhooks, in another order, some of them twice.

use std::collections::HashMap;

use laurel_simulator::{Programme, Settings, Traffic, Webhook};
use proptest::prelude::*;

const ORDERLY: Settings = Settings {
    events: 300,
    duplicates: 0.0,
    shuffle: 0,
    seed: 1,
};

fn posts(settings: Settings) -> Vec<Webhook> {
    Traffic::new(Programme::new(1, 8), settings).collect()
}

#[test]
fn orderly_traffic_is_the_story_itself() {
    let story: Vec<_> = Programme::new(1, 8).take(300).collect();
    assert_eq!(posts(ORDERLY), story);
}

#[test]
fn the_seed_decides_the_order() {
    let mixed = |seed| {
        posts(Settings {
            duplicates: 0.2,
            shuffle: 10,
            seed,
            ..ORDERLY
        })
    };
    assert_eq!(mixed(1), mixed(1));
    assert_ne!(mixed(1), mixed(2));
}

#[test]
fn a_certain_repeat_sends_everything_exactly_twice() {
    assert_eq!(
        posts(Settings {
            duplicates: 1.0,
            ..ORDERLY
        })
        .len(),
        600
    );
}

#[test]
fn a_story_that_ends_early_is_sent_whole() {
    let story = Programme::new(1, 8).take(5);
    assert_eq!(
        Traffic::new(
            story,
            Settings {
                shuffle: 50,
                ..ORDERLY
            }
        )
        .count(),
        5
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn every_webhook_is_sent_near_its_place_and_a_repeat_after_it(
        duplicates in 0.0..=1.0_f64,
        shuffle in 0..40_u64,
        seed in any::<u64>(),
    ) {
        let story: Vec<_> = Programme::new(1, 8).take(300).map(|webhook| webhook.body).collect();
        let mut sent = HashMap::<Vec<u8>, usize>::new();
        let mut originals = Vec::new();
        for post in posts(Settings { duplicates, shuffle, seed, ..ORDERLY }) {
            let times = sent.entry(post.body.clone()).or_default();
            *times += 1;
            prop_assert!(*times <= 2);
            if *times == 1 {
                originals.push(post.body);
            }
        }
        prop_assert_eq!(originals.len(), story.len());
        for (place, body) in story.iter().enumerate() {
            let posted = originals.iter().position(|original| original == body);
            let moved = posted.expect("everything is sent").abs_diff(place);
            prop_assert!(moved as u64 <= shuffle);
        }
    }
}
