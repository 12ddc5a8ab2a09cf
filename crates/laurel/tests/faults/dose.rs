//! How much of each fault: a little by itself, more where `cargo xtask chaos` says so.

use std::time::Duration;

/// How often a fault happens: as often as the variable says, else as often as in CI.
pub(crate) fn dose(variable: &str, usual: usize) -> usize {
    let told = std::env::var(variable).ok();
    told.map_or(usual, |dose| {
        let dose = dose.parse();
        dose.unwrap_or_else(|_| panic!("{variable} is not a number"))
    })
}

/// What decides all that is random in a test. A test that fails shows it, and how to have the same again.
pub(crate) fn seed(test: &str) -> u32 {
    let seed = dose("LAUREL_TEST_SEED", rand::random::<u32>() as usize);
    println!(
        "to repeat: LAUREL_TEST_SEED={seed} cargo xtask test -- -p laurel --test faults {test}"
    );
    u32::try_from(seed).expect("a seed of 32 bits")
}

/// How long a test may take whose fault happens so many times.
pub(crate) fn limit(times: usize, each: Duration) -> Duration {
    Duration::from_mins(2) + each * u32::try_from(times).expect("a dose that can be had")
}
