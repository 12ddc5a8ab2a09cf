//! The lines by which a new member is known: in the README, in the architecture's map, in the table of arrows, and in
//! the root's manifest.

use anyhow::Context as _;

use super::kind::Template;

/// Adds a row to the README's table of crates.
pub(super) fn readme(text: &str, folder: &str, says: &str) -> anyhow::Result<String> {
    before(
        text,
        "| `migrations` |",
        &format!("| `{folder}` | {says} |\n"),
    )
}

/// Adds a section to the architecture's map of the code.
pub(super) fn architecture(text: &str, folder: &str, says: &str) -> anyhow::Result<String> {
    before(
        text,
        "### `migrations`\n",
        &format!("### `{folder}`\n\n{says}\n\n"),
    )
}

/// Adds what the crate may use to the table that `tidy` compares with the manifests.
pub(super) fn arrows(text: &str, folder: &str, template: &Template) -> anyhow::Result<String> {
    let list = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!("&[{}]", names.join(", "))
    };
    let ours = [template.ours, template.ours_in_tests, &["laurel"]].concat();
    let home = format!(
        "    Home {{\n        folder: \"{folder}\",\n        ours: {},\n        foreign: {},\n    }},\n",
        list(&ours),
        list(template.kept)
    );
    before(text, "    Home {\n        folder: \"migrations\",", &home)
}

/// Adds the crate to the root's dependencies, in its place among ours.
pub(super) fn manifest(text: &str, package: &str, folder: &str) -> anyhow::Result<String> {
    let line = format!("{package} = {{ path = \"{folder}\" }}\n");
    let ours = text.lines().filter(|line| line.starts_with("laurel"));
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let next = ours
        .map(name)
        .find(|name| name.as_str() > package)
        .unwrap_or_else(|| "laurel-testkit".to_owned());
    before(
        text,
        &format!("\n{next} = "),
        &format!("\n{}", line.trim_end()),
    )
}

fn before(text: &str, mark: &str, new: &str) -> anyhow::Result<String> {
    let place = text
        .find(mark)
        .with_context(|| format!("there is no `{}`", mark.trim()))?;
    Ok([&text[..place], new, &text[place..]].concat())
}

#[cfg(test)]
mod tests {
    use super::super::kind::Kind;
    use super::*;

    #[test]
    fn each_map_has_its_mark() {
        let root = crate::root();
        let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("a file");
        let row = readme(&read("README.md"), "crates/badges", "Badges.").expect("a row");
        assert!(row.contains("| `crates/badges` | Badges. |\n| `migrations` |"));
        let map = architecture(&read("docs/architecture.md"), "crates/badges", "Badges.");
        assert!(
            map.expect("a section")
                .contains("### `crates/badges`\n\nBadges.\n\n### `migrations`")
        );
        let root = manifest(&read("Cargo.toml"), "laurel-badges", "crates/badges");
        let root = root.expect("a line");
        assert!(
            root.contains("\nlaurel-badges = { path = \"crates/badges\" }\nlaurel-dispatch = ")
        );
        let table = read("xtask/src/tidy/arrows.rs");
        let table = arrows(&table, "crates/badges", &Kind::Graphql.template()).expect("a home");
        let home = "folder: \"crates/badges\",\n        ours: &[\"graphql\", \"laurel\"],\n        foreign: &[\"async-graphql\"]";
        assert!(table.contains(home));
    }
}
