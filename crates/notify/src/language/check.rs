//! What a file of messages names: messages that are asked for, variables that are given.

use std::collections::BTreeSet;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};

use super::WordingError;

/// The variables that messages are given; `locales/en/mail.ftl` says what they are.
pub(crate) const VARIABLES: [&str; 8] = [
    "changes",
    "date",
    "from",
    "known",
    "name",
    "named",
    "programme",
    "to",
];

/// The messages of a file, by their ids.
pub(super) fn ids(resource: &FluentResource) -> Vec<String> {
    let id = |entry: &Entry<&str>| match entry {
        Entry::Message(message) => Some(message.id.name.to_owned()),
        _ => None,
    };
    resource.entries().filter_map(id).collect()
}

/// Refuses messages that nobody would say: a slip of the pen would leave the old one in place.
pub(super) fn known_ids(
    resource: &FluentResource,
    place: &str,
    shipped: &[String],
    said: &[String],
) -> Result<(), WordingError> {
    let own: BTreeSet<String> = referred(resource);
    let known = |id: &String| shipped.contains(id) || said.contains(id) || own.contains(id);
    match ids(resource).into_iter().find(|id| !known(id)) {
        Some(id) => {
            let near = nearest(&id, shipped.iter().chain(said).map(String::as_str));
            Err(WordingError::new(
                place,
                format!("no template says the message `{id}`{near}"),
            ))
        }
        None => Ok(()),
    }
}

/// Refuses variables that messages are not given, in whatever variant they stand.
pub(super) fn references(resource: &FluentResource, place: &str) -> Result<(), WordingError> {
    let mut walk = Walk::default();
    for entry in resource.entries() {
        // A term is given what the message that refers to it says.
        if let Entry::Message(message) = entry {
            message
                .value
                .iter()
                .for_each(|pattern| walk.pattern(pattern));
            message
                .attributes
                .iter()
                .for_each(|attribute| walk.pattern(&attribute.value));
        }
    }
    match walk
        .variables
        .iter()
        .find(|name| !VARIABLES.contains(&name.as_str()))
    {
        Some(name) => {
            let near = nearest(name, VARIABLES.into_iter());
            Err(WordingError::new(
                place,
                format!("unknown variable `${name}`{near}"),
            ))
        }
        None => Ok(()),
    }
}

/// The messages that others of the same file refer to.
pub(super) fn referred(resource: &FluentResource) -> BTreeSet<String> {
    let mut walk = Walk::default();
    for entry in resource.entries() {
        match entry {
            Entry::Message(message) => message
                .value
                .iter()
                .for_each(|pattern| walk.pattern(pattern)),
            Entry::Term(term) => walk.pattern(&term.value),
            _ => {}
        }
    }
    walk.messages
}

/// `; did you mean …?` where something known is close.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let close = known.min_by_key(|known| strsim::damerau_levenshtein(name, known));
    match close.filter(|known| strsim::damerau_levenshtein(name, known) <= 3) {
        Some(known) => format!("; did you mean `{known}`?"),
        None => String::new(),
    }
}

/// Collects what patterns refer to.
#[derive(Default)]
struct Walk {
    variables: BTreeSet<String>,
    messages: BTreeSet<String>,
}

impl Walk {
    fn pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference { id, .. } => {
                self.messages.insert(id.name.to_owned());
            }
            InlineExpression::FunctionReference { arguments, .. }
            | InlineExpression::TermReference {
                arguments: Some(arguments),
                ..
            } => {
                self.arguments(arguments);
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            _ => {}
        }
    }

    fn arguments(&mut self, arguments: &CallArguments<&str>) {
        arguments
            .positional
            .iter()
            .for_each(|argument| self.inline(argument));
        arguments
            .named
            .iter()
            .for_each(|argument| self.inline(&argument.value));
    }
}
