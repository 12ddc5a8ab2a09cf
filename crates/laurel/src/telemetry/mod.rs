//! What the process says about itself: logs and metrics.

mod logs;
mod metrics;

pub use self::logs::{Unreadable, start_logs};
pub use self::metrics::{Metrics, start_metrics};
