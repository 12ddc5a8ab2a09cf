//! `cargo xtask new-crate`: an extension to begin with, which compiles, is tidy and passes its test.

mod kind;
mod manifest;
mod maps;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use xshell::{Shell, cmd};

pub(crate) use self::kind::Kind;
use self::kind::Template;

#[derive(Args)]
pub(crate) struct Options {
    /// Its name: small letters, digits and hyphens.
    name: String,
    /// What it brings.
    #[arg(long, value_enum, default_value = "subscriber")]
    kind: Kind,
    /// A folder to make it in, as a workspace of its own; unless given it joins this one, in `crates/`.
    #[arg(long, value_name = "DIR")]
    at: Option<PathBuf>,
}

pub(crate) fn run(sh: &Shell, options: &Options, started_in: &Path) -> anyhow::Result<()> {
    let template = options.kind.template();
    match &options.at {
        Some(at) => outside(sh, &options.name, &template, &started_in.join(at))?,
        None => member(sh, &options.name, &template)?,
    }
    println!("Its README shows how to register it; docs/extending.md goes on from there.");
    Ok(())
}

/// Makes it a member of this workspace, and puts it on every map.
fn member(sh: &Shell, name: &str, template: &Template) -> anyhow::Result<()> {
    let names = Names::new(name, &format!("laurel-{name}"))?;
    let folder = format!("crates/{name}");
    let says = names.fill("An extension: `@Type@`.");
    write(
        sh,
        &sh.current_dir().join(&folder),
        template,
        &names,
        &manifest::member(&names.package, template),
    )?;
    let change = |path: &str, text: anyhow::Result<String>| {
        let text = text.with_context(|| path.to_owned())?;
        println!("{path}: a line for it");
        anyhow::Ok(sh.write_file(path, text)?)
    };
    change(
        "README.md",
        maps::readme(&sh.read_file("README.md")?, &folder, &says),
    )?;
    let path = "Cargo.toml";
    let manifest = maps::manifest(&sh.read_file(path)?, &names.package, &folder);
    change(path, manifest)?;
    let path = "docs/architecture.md";
    change(
        path,
        maps::architecture(&sh.read_file(path)?, &folder, &says),
    )?;
    let path = "xtask/src/tidy/arrows.rs";
    change(path, maps::arrows(&sh.read_file(path)?, &folder, template))
}

/// Makes it a workspace of its own, anywhere.
pub(crate) fn outside(
    sh: &Shell,
    name: &str,
    template: &Template,
    folder: &Path,
) -> anyhow::Result<()> {
    let names = Names::new(name, name)?;
    let root = sh.current_dir();
    let folder = std::path::absolute(folder)?;
    let manifest = manifest::outside(
        &names.package,
        template,
        &folder,
        &root,
        &sh.read_file("Cargo.toml")?,
    )?;
    write(sh, &folder, template, &names, &manifest)?;
    // The versions that Laurel is tested with; cargo takes out what is not needed.
    sh.copy_file("Cargo.lock", folder.join("Cargo.lock"))?;
    Ok(())
}

fn write(
    sh: &Shell,
    folder: &Path,
    template: &Template,
    names: &Names,
    manifest: &str,
) -> anyhow::Result<()> {
    if sh.path_exists(folder) {
        bail!("{} is there already", folder.display());
    }
    let test = format!("tests/{}.rs", names.name.replace('-', "_"));
    let files = [
        ("Cargo.toml", manifest.to_owned()),
        ("README.md", names.fill(template.readme)),
        ("src/lib.rs", names.fill(template.lib)),
        (test.as_str(), names.fill(template.test)),
    ];
    for (path, text) in files {
        let path = folder.join(path);
        sh.write_file(&path, text)?;
        println!("{}", path.display());
    }
    // A long name breaks lines elsewhere than a short one.
    let (lib, test) = (folder.join("src/lib.rs"), folder.join(&test));
    Ok(cmd!(sh, "rustfmt --edition 2024 {lib} {test}")
        .quiet()
        .run()?)
}

/// What a crate is called, and where.
struct Names {
    name: String,
    package: String,
}

impl Names {
    fn new(name: &str, package: &str) -> anyhow::Result<Self> {
        let is_part = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if !name.split('-').all(is_part)
            || !name.starts_with(|first: char| first.is_ascii_lowercase())
        {
            bail!(
                "`{name}`: write small letters, digits and hyphens, such as badges or tier-badges"
            );
        }
        Ok(Self {
            name: name.to_owned(),
            package: package.to_owned(),
        })
    }

    fn fill(&self, text: &str) -> String {
        let parts = self.name.split('-').map(|part| {
            let (first, rest) = part.split_at(1);
            first.to_uppercase() + rest
        });
        text.replace("@name@", &self.name)
            .replace("@package@", &self.package)
            .replace("@crate@", &self.package.replace('-', "_"))
            .replace("@Type@", &parts.collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_as_each_place_wants_it() {
        let names = Names::new("tier-badges", "laurel-tier-badges").expect("a name");
        let filled = names.fill("@name@ @package@ @crate@ @Type@");
        assert_eq!(
            filled,
            "tier-badges laurel-tier-badges laurel_tier_badges TierBadges"
        );
        for wrong in ["", "Badges", "tier_badges", "-a", "2nd", "a--b"] {
            assert!(Names::new(wrong, wrong).is_err(), "{wrong}");
        }
    }
}
