//! What the process says about itself: logs and metrics.

mod logs;
mod metrics;

use crate::Failure;
use crate::config::Log;

pub use self::logs::{Unreadable, start_logs};
pub use self::metrics::{Metrics, start_metrics};

/// Starts the log of a command; a filter that does not parse is the operator's.
pub(crate) fn start(log: &Log) -> Result<(), Failure> {
    start_logs(log).map_err(|error| Failure::Usage(error.to_string()))
}
