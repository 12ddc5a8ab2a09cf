//! The manifest of a new crate: as a member of this workspace, or as a workspace of its own.

use std::path::Path;

use anyhow::Context as _;

use super::kind::Template;
use super::ways;

const MEMBER: &str = "\
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
repository.workspace = true
publish.workspace = true
";

const OUTSIDE: &str = "\
version = \"0.1.0\"
edition = \"2024\"
rust-version = \"1.95\"
publish = false
";

/// As Laurel's own, so that what it has built need not be built again.
const PROFILE: &str = "
[profile.dev]
debug = \"line-tables-only\"

[lints.rust]
missing_docs = \"warn\"
unsafe_code = \"forbid\"

[lints.clippy]
pedantic = { level = \"warn\", priority = -1 }
must_use_candidate = \"allow\"
";

/// The manifest of a member, whose versions stand in the root.
pub(super) fn member(package: &str, template: &Template) -> String {
    let (uses, tests) = dependencies(template, &[], &["laurel"]);
    let line = |name: &String| format!("{name}.workspace = true\n");
    let lines = |names: &[String]| names.iter().map(line).collect::<String>();
    format!(
        "[package]\nname = \"{package}\"\n{MEMBER}\n[dependencies]\n{}\n[dev-dependencies]\n{}\n[lints]\nworkspace = true\n",
        lines(&uses),
        lines(&tests),
    )
}

/// The manifest of a workspace of its own in `folder`: ours by their paths, others by the lines of the root's manifest.
pub(super) fn outside(
    package: &str,
    template: &Template,
    folder: &Path,
    root: &Path,
    root_manifest: &str,
) -> anyhow::Result<String> {
    let way = ways::between(folder, root);
    // Its program needs all of Laurel.
    let (uses, tests) = dependencies(template, &["laurel"], &[]);
    let line = |name: &String| {
        let (path, _) = found(root_manifest, name)?;
        anyhow::Ok(match path {
            Some(path) => format!("{name} = {{ path = \"{}/{path}\" }}\n", way.display()),
            None => format!("{}\n", found(root_manifest, name)?.1),
        })
    };
    let uses: String = uses.iter().map(line).collect::<anyhow::Result<_>>()?;
    let tests: String = tests.iter().map(line).collect::<anyhow::Result<_>>()?;
    Ok(format!(
        "[workspace]\n\n[package]\nname = \"{package}\"\n{OUTSIDE}\n[dependencies]\n{uses}\n[dev-dependencies]\n{tests}{PROFILE}"
    ))
}

/// The names of what it uses, and of what only its tests use, with what is added to each.
fn dependencies(
    template: &Template,
    in_use: &[&str],
    in_tests: &[&str],
) -> (Vec<String>, Vec<String>) {
    let ours = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("laurel-{name}"))
            .collect::<Vec<_>>()
    };
    let others = |names: &[&str]| {
        names
            .iter()
            .map(|&name| name.to_owned())
            .collect::<Vec<_>>()
    };
    let mut uses = [
        ours(template.ours),
        others(template.foreign),
        others(in_use),
    ]
    .concat();
    uses.sort();
    let mut tests = [
        ours(template.ours_in_tests),
        ours(&["testkit"]),
        others(in_tests),
    ]
    .concat();
    tests.sort();
    (uses, tests)
}

/// The root's line about a dependency, and its path where it is ours.
fn found<'a>(root_manifest: &'a str, name: &str) -> anyhow::Result<(Option<&'a str>, &'a str)> {
    let start = format!("{name} = ");
    let mut lines = root_manifest.lines();
    let line = lines.find(|line| line.starts_with(&start));
    let line = line.with_context(|| format!("the root's Cargo.toml does not name {name}"))?;
    let path = line
        .split_once("path = \"")
        .and_then(|(_, rest)| rest.split('"').next());
    Ok((path, line))
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::*;

    #[test]
    fn a_member_takes_every_version_from_the_root() {
        let text = member("laurel-badges", &Kind::Subscriber.template());
        assert!(
            text.contains("\nlaurel-dispatch.workspace = true\n"),
            "{text}"
        );
        assert!(!text.contains("path ="), "{text}");
    }

    #[test]
    fn a_workspace_of_its_own_finds_ours_by_their_paths() {
        let root = "laurel = { path = \"crates/laurel\" }\nlaurel-notify = { path = \"crates/notify\" }\n\
                    laurel-testkit = { path = \"crates/testkit\" }\nasync-trait = \"0.1\"\n";
        let folder = Path::new("/a/cafe/push");
        let text = outside(
            "push",
            &Kind::Channel.template(),
            folder,
            Path::new("/a/laurel"),
            root,
        );
        let text = text.expect("a manifest");
        assert!(
            text.contains("laurel-notify = { path = \"../../laurel/crates/notify\" }\n"),
            "{text}"
        );
        assert!(text.contains("\nasync-trait = \"0.1\"\n"), "{text}");
        let program = "[dependencies]\nasync-trait = \"0.1\"\nlaurel = { path = \"../../laurel/crates/laurel\" }\n";
        assert!(text.contains(program), "{text}");
    }
}
