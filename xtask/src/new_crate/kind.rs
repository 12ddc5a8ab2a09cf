//! The kinds of extension, and what each is written from.

use clap::ValueEnum;

/// What a new crate brings.
#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(crate) enum Kind {
    /// Is told of events.
    Subscriber,
    /// Carries messages out.
    Channel,
    /// Knows senders by a credential.
    Verifier,
    /// Adds fields to the API.
    Graphql,
}

/// What a crate of a kind is written from: `@name@`, `@crate@`, `@package@` and `@Type@` stand for its names, and `@main@`
/// for its program.
pub(crate) struct Template {
    pub(super) readme: &'static str,
    pub(super) lib: &'static str,
    /// A program with it.
    pub(super) main: &'static str,
    pub(super) test: &'static str,
    /// What it uses of ours.
    pub(super) ours: &'static [&'static str],
    pub(super) foreign: &'static [&'static str],
    /// What only its test uses besides the testkit.
    pub(super) ours_in_tests: &'static [&'static str],
    /// What of these `tidy` keeps to few homes.
    pub(super) kept: &'static [&'static str],
}

macro_rules! template {
    ($folder:literal, $($field:ident: $value:expr),+ $(,)?) => {
        Template {
            readme: include_str!(concat!($folder, "/README.md.in")),
            lib: include_str!(concat!($folder, "/lib.rs.in")),
            main: include_str!(concat!($folder, "/main.rs.in")),
            test: include_str!(concat!($folder, "/test.rs.in")),
            $($field: $value),+
        }
    };
}

impl Kind {
    pub(crate) fn template(self) -> Template {
        match self {
            Self::Subscriber => template!(
                "subscriber",
                ours: &["dispatch", "payloads"],
                foreign: &["async-trait"],
                ours_in_tests: &[],
                kept: &[],
            ),
            Self::Channel => template!(
                "channel",
                ours: &["notify"],
                foreign: &["async-trait"],
                ours_in_tests: &[],
                kept: &[],
            ),
            Self::Verifier => template!(
                "verifier",
                ours: &["ingest", "settings"],
                foreign: &["schemars", "serde", "subtle"],
                ours_in_tests: &["store"],
                kept: &[],
            ),
            Self::Graphql => template!(
                "graphql",
                ours: &["graphql"],
                foreign: &["async-graphql"],
                ours_in_tests: &[],
                kept: &["async-graphql"],
            ),
        }
    }
}
