//! The command line before its commands are known: which file it names, and whether a configuration matters at all.
//!
//! Extensions add commands after the configuration was read, so it is looked for without a parser; the parser has the
//! last word.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cli;

/// What the process was started with.
#[derive(Debug)]
pub(super) struct Arguments {
    all: Vec<OsString>,
    config: Option<PathBuf>,
    need_configuration: bool,
}

impl Arguments {
    pub(super) fn of_process() -> Self {
        let named = std::env::var_os(cli::CONFIG_VARIABLE).filter(|name| !name.is_empty());
        Self::new(std::env::args_os().collect(), named.map(PathBuf::from))
    }

    fn new(all: Vec<OsString>, from_environment: Option<PathBuf>) -> Self {
        let (mut config, mut command, mut asks_for_help) = (None, None, false);
        let mut rest = all.iter().skip(1);
        while let Some(argument) = rest.next() {
            match argument.to_str() {
                Some("--") => break,
                Some("--config") => config = rest.next().map(PathBuf::from),
                Some("-h" | "--help" | "-V" | "--version") => asks_for_help = true,
                Some(text) if text.starts_with("--config=") => {
                    config = text.split_once('=').map(|(_, name)| PathBuf::from(name));
                }
                Some(text) if !text.starts_with('-') && command.is_none() => command = Some(text),
                _ => {}
            }
        }
        let need_configuration = !asks_for_help && command.is_some_and(cli::is_configured);
        Self {
            need_configuration,
            config: config.or(from_environment),
            all,
        }
    }

    pub(super) fn as_slice(&self) -> &[OsString] {
        &self.all
    }

    /// The name of the program's file.
    pub(super) fn program(&self) -> &str {
        let path = self.all.first().map(Path::new);
        let name = path.and_then(|path| path.file_stem()?.to_str());
        name.unwrap_or("laurel")
    }

    /// The file that is named on the command line, or in the environment.
    pub(super) fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    pub(super) fn need_configuration(&self) -> bool {
        self.need_configuration
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Arguments {
        let words = line.split(' ').map(OsString::from);
        Arguments::new(words.collect(), Some("from-the-environment".into()))
    }

    #[test]
    fn the_file_is_found_wherever_it_is_named() {
        for line in [
            "laurel --config a.toml serve",
            "laurel serve --config=a.toml",
            "laurel backfill customers --config a.toml --year 2026",
        ] {
            assert_eq!(of(line).config(), Some(Path::new("a.toml")), "{line}");
        }
        let named = Path::new("from-the-environment");
        assert_eq!(of("laurel serve").config(), Some(named));
    }

    #[test]
    fn a_command_that_is_not_ours_needs_a_configuration_and_help_does_not() {
        for line in ["laurel serve", "laurel keys list", "laurel backfill"] {
            assert!(of(line).need_configuration(), "{line}");
        }
        for line in [
            "laurel",
            "laurel help serve",
            "laurel demo --once",
            "laurel --config a.toml schema cli",
            "laurel backfill --help",
        ] {
            assert!(!of(line).need_configuration(), "{line}");
        }
    }
}
