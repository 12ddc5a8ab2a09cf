//! later
use super::Options;
use std::path::Path;
pub(super) fn run(_: &Options, _: &Path) -> anyhow::Result<()> {
    Ok(())
}
