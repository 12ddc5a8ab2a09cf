//! The sample payloads: one customer's story, in the order in which it happened.

macro_rules! fixtures {
    ($($name:literal),+ $(,)?) => {
        /// Every sample payload with its name, in the order of the story.
        pub const FIXTURES: &[(&str, &[u8])] = &[
            $(($name, include_bytes!(concat!("../../payloads/fixtures/masivo/", $name, ".json")))),+
        ];
    };
}

fixtures![
    "01_customer_registration",
    "02_customer_accumulation",
    "03_behavior_event_fulfilled",
    "04_tier_upgrade",
    "05_customer_accumulation_two_rewards",
    "06_rewards_reservation",
    "07_rewards_reservation_cancelled",
    "08_customer_redemption",
    "09_coupon_redemption",
    "10_behavior_event_failed",
    "11_tier_upgrade_gold",
    "12_tier_downgrade_reversal",
    "13_tier_downgrade_cron",
    "14_unknown_event",
];

/// The sample payload of a name, such as `04_tier_upgrade`.
///
/// # Panics
/// If there is none.
///
/// ```
/// let body = laurel_testkit::fixture("04_tier_upgrade");
/// assert!(std::str::from_utf8(body).is_ok_and(|text| text.contains("TIER_UPGRADE")));
/// ```
pub fn fixture(name: &str) -> &'static [u8] {
    let found = FIXTURES.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no fixture {name}")).1
}
