//! Runs a long command so that neither Ctrl-C, nor SIGTERM, nor a command that hangs leaves anything
//! behind: the command leads a process group of its own, and the whole group is ended.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

static STOPPED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

const POLL: Duration = Duration::from_millis(50);
/// How long a group may take to end after SIGTERM before it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// `cargo run` describes this package in the environment. Build scripts elsewhere (ring's) watch the
/// same variables, so what is started from here would build half of the workspace anew, and so would
/// the next plain `cargo`. This process therefore starts again without them.
pub(crate) fn forget_own_package() -> anyhow::Result<()> {
    let names = std::env::vars_os().map(|(name, _)| name);
    let own: Vec<_> = names.filter(|name| describes_package(name)).collect();
    if own.is_empty() {
        return Ok(());
    }
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args_os().skip(1));
    for name in own {
        again.env_remove(name);
    }
    Err(again.exec()).context("cannot start again")
}

fn describes_package(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// From here on a signal no longer ends this process at once: [`run`] notices it and fails, and what
/// was started is stopped on the way out.
pub(crate) fn catch_signals() -> anyhow::Result<()> {
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&STOPPED))
            .context("cannot catch signals")?;
    }
    Ok(())
}

/// Runs `command` to its end, which must come within `limit`; anything but success is an error.
pub(crate) fn run(mut command: Command, limit: Duration) -> anyhow::Result<()> {
    let shown = shown(&command);
    let child = command
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    let status = wait(child, limit).with_context(|| shown.clone())?;
    if !status.success() {
        bail!("{status}: {shown}");
    }
    Ok(())
}

/// The command without its environment.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

fn wait(mut child: Child, limit: Duration) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if STOPPED.load(Ordering::Relaxed) {
            end(&mut child)?;
            bail!("stopped by a signal");
        }
        if started.elapsed() > limit {
            end(&mut child)?;
            bail!("not done after {} s", limit.as_secs());
        }
        sleep(POLL);
    }
}

/// Ends the group that `child` leads: asked first, killed when that does not help.
fn end(child: &mut Child) -> anyhow::Result<()> {
    signal_group(child, "TERM")?;
    let asked = Instant::now();
    while child.try_wait()?.is_none() && asked.elapsed() < GRACE {
        sleep(POLL);
    }
    // Whatever the leader left behind goes too; an empty group is no fault.
    signal_group(child, "KILL")?;
    child.wait()?;
    Ok(())
}

fn signal_group(child: &Child, signal: &str) -> anyhow::Result<()> {
    Command::new("kill")
        .args(["-s", signal, "--", &format!("-{}", child.id())])
        .stderr(std::process::Stdio::null())
        .status()
        .context("cannot run kill")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn only_what_describes_the_package_is_forgotten() {
        assert!(describes_package(OsStr::new("CARGO_PKG_NAME")));
        assert!(!describes_package(OsStr::new("CARGO_HOME")));
    }

    #[test]
    fn a_command_that_succeeds_is_fine() {
        run(shell("exit 0"), Duration::from_secs(10)).unwrap();
    }

    #[test]
    fn a_failure_names_the_command_and_its_status() {
        let error = run(shell("exit 3"), Duration::from_secs(10))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("exit status: 3") && error.contains("exit 3"),
            "{error}"
        );
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_everything_it_started() {
        // The pipe stays open for as long as anything that the command started lives.
        let (mut pipe, end) = std::io::pipe().unwrap();
        let started = Instant::now();
        let mut command = shell("sleep 60 & wait");
        command.stdout(end);
        let error = run(command, Duration::from_millis(200)).unwrap_err();
        assert!(format!("{error:#}").contains("not done after"), "{error:#}");
        pipe.read_to_end(&mut Vec::new()).unwrap();
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "the grandchild lived on"
        );
    }
}
