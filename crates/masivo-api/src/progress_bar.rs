//! How far a command has come, on standard error: a line that is drawn over on a terminal, a plain one now and then
//! elsewhere.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// How often a terminal's line is drawn over, and how often a plain one is written.
const DRAWN: Duration = Duration::from_millis(200);
const WRITTEN: Duration = Duration::from_secs(30);
const WIDTH: usize = 30;

/// The progress of one command.
#[derive(Debug)]
pub(crate) struct Progress {
    what: &'static str,
    total: u64,
    done: u64,
    terminal: bool,
    last: Option<Instant>,
}

impl Progress {
    /// Nothing of `total` is done.
    pub(crate) fn new(what: &'static str, total: u64) -> Self {
        Self {
            what,
            total,
            done: 0,
            terminal: stderr().is_terminal(),
            last: None,
        }
    }

    /// One more is done.
    pub(crate) fn step(&mut self) {
        self.done += 1;
        let every = if self.terminal { DRAWN } else { WRITTEN };
        let due = self.last.is_none_or(|last| last.elapsed() >= every);
        if due || self.done == self.total {
            self.last = Some(Instant::now());
            self.show();
        }
    }

    fn show(&self) {
        let text = line(self.what, self.done, self.total);
        // Nobody to tell is no reason to stop.
        let _shown = if self.terminal {
            write!(stderr(), "\r\x1b[K{text}")
        } else {
            writeln!(stderr(), "{text}")
        };
    }
}

impl Drop for Progress {
    /// What is written next begins on a line of its own.
    fn drop(&mut self) {
        if self.terminal && self.last.is_some() {
            let _shown = writeln!(stderr());
        }
    }
}

fn line(what: &str, done: u64, total: u64) -> String {
    let total = total.max(done).max(1);
    let part = |of: u64| usize::try_from(u128::from(done) * u128::from(of) / u128::from(total));
    let filled = part(WIDTH as u64).unwrap_or(WIDTH);
    let bar = format!("{}{}", "#".repeat(filled), "-".repeat(WIDTH - filled));
    format!("[{bar}] {done} of {total} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_from_the_left_and_never_beyond() {
        assert_eq!(
            line("customers", 0, 10),
            "[------------------------------] 0 of 10 customers"
        );
        assert_eq!(
            line("customers", 5, 10),
            "[###############---------------] 5 of 10 customers"
        );
        assert_eq!(
            line("customers", 11, 10),
            "[##############################] 11 of 11 customers"
        );
        assert!(line("customers", 0, 0).contains("0 of 1"));
    }
}
