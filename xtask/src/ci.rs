//! `cargo xtask ci`: every step of CI, cheapest first, each headed by the command that repeats it
//! alone. The workflow and `.ci/run` call this and nothing else, so that CI is what anyone can run.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use xshell::Shell;

use crate::{codegen, examples, process, semver, test, tidy};

/// For a step that compiles, building from nothing included.
const BUILD_LIMIT: Duration = Duration::from_mins(30);
/// For the demo, which the steps before it have built.
const DEMO_LIMIT: Duration = Duration::from_secs(90);

struct Step {
    /// Repeats the step alone.
    command: &'static str,
    run: fn(&Shell, &'static str) -> anyhow::Result<()>,
}

/// Clippy and rustdoc share what they check of the dependencies; codegen builds what the demo runs.
const STEPS: [Step; 9] = [
    Step {
        command: "cargo fmt --all --check",
        run: build,
    },
    Step {
        command: "cargo xtask tidy",
        run: |sh, _| tidy::run(sh),
    },
    Step {
        command: "cargo clippy --locked --workspace --all-targets -- -D warnings",
        run: build,
    },
    Step {
        command: "RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps",
        run: build,
    },
    Step {
        command: "cargo xtask codegen --check",
        run: |sh, _| codegen::check(sh),
    },
    Step {
        command: "cargo xtask test",
        run: |sh, _| test::run(sh, &test::Options::everything()),
    },
    Step {
        command: "cargo xtask examples",
        run: |sh, _| examples::run(sh),
    },
    Step {
        command: "cargo xtask semver",
        run: |sh, _| semver::run(sh),
    },
    Step {
        command: "cargo run -- demo --once",
        run: demo,
    },
];

pub(crate) fn run(sh: &Shell) -> anyhow::Result<()> {
    let started = Instant::now();
    for step in &STEPS {
        println!("\n==> {}", step.command);
        let step_started = Instant::now();
        (step.run)(sh, step.command)
            .with_context(|| format!("CI stops here; to repeat: {}", step.command))?;
        println!("<== {:.1} s", step_started.elapsed().as_secs_f32());
    }
    println!("\nCI passed in {:.1} s.", started.elapsed().as_secs_f32());
    Ok(())
}

/// Whether CI runs `command` as it stands, or made to end by itself (`--once`).
pub(crate) fn runs(command: &str) -> bool {
    let once = format!("{command} --once");
    STEPS
        .iter()
        .any(|step| step.command == command || step.command == once)
}

fn build(sh: &Shell, command: &str) -> anyhow::Result<()> {
    process::run(shell(sh, command), BUILD_LIMIT)
}

fn demo(sh: &Shell, command: &str) -> anyhow::Result<()> {
    process::run(shell(sh, command), DEMO_LIMIT)
}

fn shell(sh: &Shell, command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.current_dir(sh.current_dir()).args(["-c", command]);
    shell
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn a_step_is_run_and_so_is_a_server_that_ends_by_itself_there() {
        assert!(runs("cargo xtask test"));
        assert!(runs("cargo run -- demo"));
    }

    #[test]
    fn another_command_is_not() {
        assert!(!runs("cargo run -- serve"));
    }
}
