//! The command line's reference, written from its own definition.

use std::fmt::Write;

use clap::{Arg, Command};

/// Every command with its arguments, in Markdown.
pub(super) fn markdown(mut root: Command) -> String {
    root.build();
    let mut text = String::from("# The command line\n\nWritten by `laurel schema cli`.\n");
    describe(&root, &mut Vec::new(), &mut text);
    text
}

fn describe<'a>(command: &'a Command, path: &mut Vec<&'a str>, text: &mut String) {
    path.push(command.get_name());
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n## `{}`\n", path.join(" "));
    if let Some(about) = command.get_long_about().or(command.get_about()) {
        let _ = writeln!(text, "{}\n", sentence(&about.to_string()));
    }
    let shown = |arg: &&Arg| {
        !matches!(arg.get_id().as_str(), "help" | "version")
            && (path.len() == 1 || !arg.is_global_set())
    };
    for arg in command.get_arguments().filter(shown) {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "- `{}` {help}{}", usage(arg), notes(arg));
    }
    for sub in command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
    {
        describe(sub, path, text);
    }
    path.pop();
}

/// The full stop that clap takes off a help text.
fn sentence(help: &str) -> String {
    if help.ends_with(['.', '?', '!']) {
        help.to_owned()
    } else {
        format!("{help}.")
    }
}

fn usage(arg: &Arg) -> String {
    let value = arg
        .get_value_names()
        .and_then(<[_]>::first)
        .map_or("VALUE", |name| name.as_str());
    match arg.get_long() {
        Some(long) if arg.get_action().takes_values() => format!("--{long} <{value}>"),
        Some(long) => format!("--{long}"),
        None => format!("<{value}>"),
    }
}

fn notes(arg: &Arg) -> String {
    let mut notes = String::new();
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    if arg.get_action().takes_values() && !values.is_empty() {
        notes.push_str(&format!(" One of {}.", values.join(", ")));
    }
    if let [default] = arg.get_default_values()
        && arg.get_action().takes_values()
    {
        notes.push_str(&format!(" Default: `{}`.", default.to_string_lossy()));
    }
    if let Some(variable) = arg.get_env() {
        notes.push_str(&format!(
            " Also `{}` in the environment.",
            variable.to_string_lossy()
        ));
    }
    notes
}
