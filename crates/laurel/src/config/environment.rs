//! `LAUREL__SECTION__KEY` variables, laid over what the file says.
//!
//! Segments are parted by two underscores and read in lower case; a number is a place in a list,
//! so that `LAUREL__SOURCES__MASIVO__AUTH__0__TOKEN` is the token of the first `auth`. A value that
//! opens with a bracket or a brace is read as a list or a table, any other is text. For secrets,
//! `…_FILE` names a file that holds the value; a line break at its end does not count.

use std::collections::BTreeMap;

use figment::value::{Dict, Tag, Value};

use super::{ConfigError, EXTENSIONS};

/// What our variables begin with.
pub(super) const PREFIX: &str = "LAUREL__";

/// The keys that may be read from a file, by their last name.
const SECRETS: [&str; 4] = ["token", "secrets", "revoked", "url"];
/// The same for an extension's section, where a name such as `api_key` is an extension's to choose.
const SECRET_WORDS: [&str; 6] = ["key", "token", "secret", "secrets", "password", "url"];

/// Which variable set which key.
pub(super) type Origins = BTreeMap<Vec<String>, String>;

/// Sets each variable's key in `tree`, and tells which variable set it.
pub(super) fn apply(
    tree: &mut Value,
    variables: &BTreeMap<String, String>,
) -> Result<Origins, ConfigError> {
    let mut origins = Origins::new();
    for (variable, text) in variables {
        let Some(rest) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let mut path: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
        let value = if from_file(&mut path) {
            Value::from(read(variable, text)?)
        } else {
            parse(text)
        };
        if path.iter().any(String::is_empty) {
            return Err(invalid(variable, "write LAUREL__SECTION__KEY"));
        }
        set(tree, &path, value).map_err(|problem| invalid(variable, problem))?;
        if let Some(other) = origins.insert(path, variable.clone()) {
            return Err(invalid(
                variable,
                &format!("{other} sets the same key; leave one of them out"),
            ));
        }
    }
    Ok(origins)
}

/// Takes `_file` off the end of a secret's key; any other key that ends so is itself.
fn from_file(path: &mut [String]) -> bool {
    let Some((last, before)) = path.split_last_mut() else {
        return false;
    };
    let Some(key) = last.strip_suffix("_file") else {
        return false;
    };
    let named = if is_index(key) {
        before.last().map(String::as_str)
    } else {
        Some(key)
    };
    let foreign = before.first().is_some_and(|root| root == EXTENSIONS);
    let secret = named.is_some_and(|name| match name.rsplit('_').next() {
        Some(word) if foreign => SECRET_WORDS.contains(&word),
        _ => SECRETS.contains(&name),
    });
    if secret {
        *last = key.to_owned();
    }
    secret
}

fn read(variable: &str, path: &str) -> Result<String, ConfigError> {
    let mut text = std::fs::read_to_string(path).map_err(|error| {
        invalid(
            variable,
            &format!("the file it names cannot be read: {error}"),
        )
    })?;
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}

fn parse(text: &str) -> Value {
    let structured = text.starts_with(['[', '{']).then(|| text.parse::<Value>());
    match structured {
        Some(Ok(value @ (Value::Array(..) | Value::Dict(..)))) => value,
        _ => Value::from(text),
    }
}

fn set(slot: &mut Value, path: &[String], value: Value) -> Result<(), &'static str> {
    let Some((head, rest)) = path.split_first() else {
        *slot = value;
        return Ok(());
    };
    let empty = matches!(slot, Value::Empty(..));
    if empty && is_index(head) {
        *slot = Value::Array(Tag::Default, Vec::new());
    } else if empty {
        *slot = Value::from(Dict::new());
    }
    let blank = || Value::Empty(Tag::Default, figment::value::Empty::None);
    match slot {
        Value::Dict(_, dict) => set(dict.entry(head.clone()).or_insert_with(blank), rest, value),
        Value::Array(_, list) => {
            let index: usize = head
                .parse()
                .map_err(|_| "this key is a list; name a place in it by a number")?;
            if index == list.len() {
                list.push(blank());
            }
            let slot = list
                .get_mut(index)
                .ok_or("lists are filled from 0 without gaps")?;
            set(slot, rest, value)
        }
        _ => Err("it goes inside a key that holds a single value"),
    }
}

fn is_index(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

fn invalid(variable: &str, problem: &str) -> ConfigError {
    ConfigError::Invalid {
        place: variable.to_owned(),
        problem: problem.to_owned(),
    }
}
