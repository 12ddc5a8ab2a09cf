//! Metrics: one recorder for the process, rendered for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Seconds: from a cached answer to a relay that takes its time.
const DURATIONS: [f64; 13] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0,
];

/// Events in a batch.
const COUNTS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What was counted and measured so far.
#[derive(Clone, Debug)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The text that Prometheus scrapes (exposition format 0.0.4).
    pub fn render(&self) -> String {
        // Folds what histograms have gathered; left alone it would grow.
        self.0.run_upkeep();
        self.0.render()
    }

    /// Folds what histograms have gathered, for when nobody scrapes.
    pub fn fold(&self) {
        self.0.run_upkeep();
    }
}

/// Starts counting for the whole process; a second call answers with the first one's recorder.
///
/// # Errors
///
/// None that a run can meet: the buckets are constants.
///
/// ```
/// let metrics = laurel::telemetry::start_metrics()?;
/// metrics::counter!("badges_given_total").increment(1);
/// assert!(metrics.render().contains("badges_given_total 1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn start_metrics() -> Result<Metrics, BuildError> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = RECORDER.get() {
        return Ok(Metrics(handle.clone()));
    }
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &DURATIONS)?
        .set_buckets_for_metric(Matcher::Suffix("_events".to_owned()), &COUNTS)?
        .build_recorder();
    let handle = RECORDER.get_or_init(|| recorder.handle()).clone();
    // Where the embedding program records metrics itself, it keeps them; ours stay empty.
    if metrics::set_global_recorder(recorder).is_err() {
        tracing::debug!("another metrics recorder is installed");
    }
    Ok(Metrics(handle))
}
