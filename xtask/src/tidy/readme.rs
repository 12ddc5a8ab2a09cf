//! The commands of the README's "Try it" are what CI runs, so that they work for a stranger.

use super::Problem;
use crate::ci;

const HEADING: &str = "Try it";

pub(super) fn check(readme: &str) -> Vec<Problem> {
    let commands = commands(readme);
    if commands.is_empty() {
        return vec![format!(
            "README.md: no `sh` block under a heading \"{HEADING}\""
        )];
    }
    let unknown = commands.iter().filter(|command| !ci::runs(command));
    unknown
        .map(|command| format!("README.md: CI does not run `{command}` (see xtask/src/ci.rs)"))
        .collect()
}

/// The lines of the fenced `sh` blocks under the heading, without comments.
fn commands(readme: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let (mut under_heading, mut in_block, mut is_shell) = (false, false, false);
    for line in readme.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            in_block = !in_block;
            is_shell = language == "sh";
        } else if !in_block && line.starts_with('#') {
            under_heading = line.trim_start_matches('#').trim() == HEADING;
        } else if in_block && is_shell && under_heading {
            let command = line.split(" #").next().unwrap_or(line).trim();
            commands.extend((!command.is_empty() && !command.starts_with('#')).then_some(command));
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read_from_their_section_only() {
        let readme = "# X\n```sh\nno\n```\n## Try it\n```sh\n# why\nfirst   # a comment\nsecond\n```\n```toml\nno\n```\n## More\n```sh\nno\n```\n";
        assert_eq!(commands(readme), ["first", "second"]);
    }

    #[test]
    fn commands_that_ci_runs_are_fine() {
        assert_eq!(
            check("## Try it\n```sh\ncargo run -- demo\ncargo xtask test\n```\n"),
            Vec::<Problem>::new()
        );
    }

    #[test]
    fn a_command_that_ci_does_not_run_is_found() {
        let problems = check("## Try it\n```sh\ncargo run -- dance\n```\n");
        assert_eq!(
            problems,
            ["README.md: CI does not run `cargo run -- dance` (see xtask/src/ci.rs)"]
        );
    }

    #[test]
    fn a_readme_without_commands_is_found() {
        assert_eq!(check("# X\n").len(), 1);
    }
}
