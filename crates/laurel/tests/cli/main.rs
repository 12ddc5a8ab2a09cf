//! The command line, by running the binary: answers, exit codes, and a server beside which commands work.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod answers;
mod dkim;
mod erasing;
mod mail;
mod masivo;
mod place;
mod preview;
mod returned;
mod serving;

use std::time::Duration;

/// Everything that is waited for has come by then, or the test has failed.
const LIMIT: Duration = Duration::from_mins(1);
const TOKEN: &str = "kX9vQ2mL7pR4tW8yB3nC6dF1gH5jA0sZ";
