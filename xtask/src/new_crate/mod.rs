//! `cargo xtask new-crate`: an extension to begin with, which compiles, is tidy and passes its test.

mod kind;
mod manifest;
mod maps;
mod ways;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use xshell::{Shell, cmd};

pub(crate) use self::kind::Kind;
use self::kind::Template;

/// What the README of a program says besides.
const PROGRAM: &str = include_str!("program.md.in");

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
    let next = if let Some(at) = &options.at {
        let folder = outside(sh, &options.name, &template, started_in, at)?;
        format!("cd {} && cargo test", folder.display())
    } else {
        let package = member(sh, &options.name, &template)?;
        format!("cargo test -p {package}")
    };
    println!("Its README and docs/extending.md go on from here. To begin with:\n{next}");
    Ok(())
}

/// Makes it a member of this workspace, puts it on every map, and says what the package is called.
fn member(sh: &Shell, name: &str, template: &Template) -> anyhow::Result<String> {
    let names = Names::new(name, &format!("laurel-{name}"))?;
    let folder = format!("crates/{name}");
    let says = names.fill("An extension: `@Type@`.");
    let mut files = files(&names, template, template.readme);
    files.push((
        "Cargo.toml".to_owned(),
        manifest::member(&names.package, template),
    ));
    write(sh, &sh.current_dir().join(&folder), files)?;
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
    change(path, maps::arrows(&sh.read_file(path)?, &folder, template))?;
    Ok(names.package)
}

/// Makes it a workspace and a program of its own, anywhere, and says where: `at` as seen from `started_in`.
pub(crate) fn outside(
    sh: &Shell,
    name: &str,
    template: &Template,
    started_in: &Path,
    at: &Path,
) -> anyhow::Result<PathBuf> {
    let names = Names::new(name, name)?;
    let root = ways::resolved(&sh.current_dir(), Path::new(""));
    let folder = ways::resolved(started_in, at);
    let ours = sh.read_file("Cargo.toml")?;
    let manifest = manifest::outside(&names.package, template, &folder, &root, &ours)?;
    let main = format!("//! A server with `@Type@`.\n\n{}", template.main);
    let mut files = files(&names, template, &[template.readme, PROGRAM].concat());
    files.push(("Cargo.toml".to_owned(), manifest));
    files.push(("src/main.rs".to_owned(), names.fill(&main)));
    write(sh, &folder, files)?;
    // The versions that Laurel is tested with; cargo takes out what is not needed.
    sh.copy_file("Cargo.lock", folder.join("Cargo.lock"))?;
    Ok(folder)
}

/// The files that every crate of a kind has, and what stands in them.
fn files(names: &Names, template: &Template, readme: &str) -> Vec<(String, String)> {
    let readme = readme.replace("@main@", template.main);
    let test = format!("tests/{}.rs", names.name.replace('-', "_"));
    vec![
        ("README.md".to_owned(), names.fill(&readme)),
        ("src/lib.rs".to_owned(), names.fill(template.lib)),
        (test, names.fill(template.test)),
    ]
}

fn write(sh: &Shell, folder: &Path, files: Vec<(String, String)>) -> anyhow::Result<()> {
    if sh.path_exists(folder) {
        bail!("{} is there already", folder.display());
    }
    for (path, text) in files {
        let path = folder.join(path);
        sh.write_file(&path, text)?;
        println!("{}", path.display());
        // A long name breaks lines elsewhere than a short one.
        if path.extension().is_some_and(|kind| kind == "rs") {
            cmd!(sh, "rustfmt --edition 2024 {path}").quiet().run()?;
        }
    }
    Ok(())
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
