//! What `pgbench` says of the transactions that it made.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;
use hdrhistogram::Histogram;

/// The transactions in a second, without the time that connecting took.
pub(crate) fn run_in(command: &mut Command, place: &Path) -> anyhow::Result<f64> {
    let output = command.current_dir(place).output()?;
    anyhow::ensure!(
        output.status.success(),
        "pgbench: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
    rate.context("pgbench does not say how many transactions it did in a second")
}

/// Reads pgbench's log: a line for each transaction, whose third field is its time in microseconds.
pub(crate) fn times(place: &Path) -> anyhow::Result<Histogram<u64>> {
    let mut times = Histogram::<u64>::new(3)?;
    times.auto(true);
    for file in std::fs::read_dir(place)? {
        let file = file?;
        if file
            .file_name()
            .to_string_lossy()
            .starts_with("transactions.")
        {
            for line in std::fs::read_to_string(file.path())?.lines() {
                let time = line.split(' ').nth(2).and_then(|time| time.parse().ok());
                times.record(time.unwrap_or_default())?;
            }
        }
    }
    Ok(times)
}
