//! `laurel schema`: the contracts, as files.

use std::path::{Path, PathBuf};

use anyhow::Context;
use async_graphql::ObjectType;
use laurel_payloads::EventKind;

use super::reference;
use crate::{Failure, Platform};

/// Print the schema of the API, the events, the configuration or the command line.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// The GraphQL schema, in its own language.
    Graphql,
    /// JSON Schemas of the ten events, and of what extensions append, one file each.
    Events {
        /// The folder to write them to; made where there is none.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// JSON Schema of the configuration.
    Config,
    /// The reference of this command line, in Markdown.
    Cli,
}

pub(super) fn run<Q: ObjectType + 'static>(
    args: Args,
    platform: Platform<Q>,
) -> Result<(), Failure> {
    match args.what {
        What::Graphql => super::print(&laurel_graphql::sdl_of(platform.query)),
        What::Events { out } => Ok(write_events(&out)?),
        What::Config => super::print(&pretty(&platform.extensions.schema())?),
        What::Cli => super::print(&reference::markdown(platform.command_line())),
    }
}

fn pretty(schema: &impl serde::Serialize) -> anyhow::Result<String> {
    let text = serde_json::to_string_pretty(schema).context("a schema is JSON")?;
    Ok(format!("{text}\n"))
}

fn write_events(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    let external = (EventKind::External, laurel_payloads::external_schema());
    for (kind, schema) in laurel_payloads::schemas().into_iter().chain([external]) {
        let path = folder.join(format!("{}.schema.json", kind.as_str()));
        std::fs::write(&path, pretty(&schema)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}
