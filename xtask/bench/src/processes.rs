//! Processes that are measured: started, watched through `/proc`, and stopped.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

/// A process that is stopped when it goes out of scope.
pub(crate) struct Running {
    child: Child,
    name: &'static str,
}

/// How long a process may take to end by itself.
const GRACE: Duration = Duration::from_secs(15);

impl Running {
    pub(crate) fn start(
        name: &'static str,
        command: &mut Command,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let log = fs::File::create(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        Ok(Self { child, name })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn check(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => bail!("{} ended: {status}", self.name),
        }
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(&mut self) -> anyhow::Result<()> {
        if let Some(id) = rustix::process::Pid::from_raw(i32::try_from(self.id())?) {
            // It may be gone already.
            rustix::process::kill_process(id, rustix::process::Signal::TERM).ok();
        }
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > GRACE {
                self.child.kill()?;
                self.child.wait()?;
                bail!("{} did not end when asked to", self.name);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // On the way out of a failure nothing more can be done about another.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The processor time that a process and those it started have used, the ended ones among them that it has waited for.
pub(crate) fn processor_time(id: u32) -> Duration {
    let ticks: u64 = family(id).into_iter().map(ticks).sum();
    let second = rustix::param::clock_ticks_per_second();
    Duration::from_millis(ticks * 1_000 / second.max(1))
}

/// The most memory that a process has held so far, in MiB.
pub(crate) fn peak_memory(id: u32) -> Option<f64> {
    memory(id, "VmHWM:")
}

/// The memory that a process holds, in MiB.
pub(crate) fn resident_memory(id: u32) -> Option<f64> {
    memory(id, "VmRSS:")
}

fn memory(id: u32, line: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let kib = status.lines().find_map(|found| found.strip_prefix(line))?;
    let kib: f64 = kib.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib / 1024.0)
}

/// A process and its children.
fn family(id: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
    let children = children.split_whitespace().filter_map(|id| id.parse().ok());
    std::iter::once(id).chain(children).collect()
}

fn ticks(id: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // After the name, which is in brackets and may hold anything: utime, stime, cutime and cstime are the 12th to 15th.
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let fields = rest.split_whitespace().skip(11).take(4);
    fields.filter_map(|field| field.parse::<u64>().ok()).sum()
}
