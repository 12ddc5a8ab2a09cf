//! `laurel config`: is it right, and what is it.

use anyhow::Context;

use crate::{Failure, Platform, mail, serve};

/// Check the configuration, or print it as it is understood.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Copy, Debug, clap::Subcommand)]
enum What {
    /// Check it; exits with 2 and the first fault, if there is one.
    Check,
    /// Print all of it, defaults included, with every secret as `*`.
    Print,
}

pub(super) fn run<Q>(args: &Args, platform: &Platform<Q>) -> Result<(), Failure> {
    let loaded = &platform.loaded;
    match args.what {
        What::Check => {
            serve::certificate(&loaded.config)?;
            mail::settings(&loaded.config)?;
            mail::unsubscribe_to(&loaded.config.email)?;
            serve::with_access(&loaded.config, laurel_graphql::Settings::default())?;
            mail::composer(&loaded.config)?;
            for warning in &loaded.warnings {
                eprintln!("warning: {warning}");
            }
            let file = loaded
                .file
                .as_ref()
                .map(|file| format!("{}, ", file.display()))
                .unwrap_or_default();
            super::print(&format!(
                "ok: {file}the environment and the built-in defaults\n"
            ))
        }
        What::Print => {
            let text = platform.extensions.print(&loaded.config);
            super::print(&text.context("the configuration cannot be printed")?)
        }
    }
}
