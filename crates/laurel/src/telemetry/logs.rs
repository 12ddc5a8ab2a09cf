//! Logs: JSON for machines, text for people, on standard error; standard output is for answers.
//!
//! Some modules of the libraries below log what must not be in a log (lettre: passwords and whole
//! mails; sqlx: values): they are held at warnings, whatever the filter says.

use std::fmt::Write as _;
use std::io::{IsTerminal, stderr};

use tracing::{Level, Metadata};
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::fmt::format::debug_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt};

use crate::config::{Log, LogFormat};

/// What the names of libraries that are held back begin with, and the least that they may say. What a stranger sends is a
/// warning to rustls.
const PINNED: [(&str, Level); 6] = [
    ("lettre", Level::WARN),
    ("sqlx", Level::WARN),
    ("sea_", Level::WARN),
    ("hyper", Level::WARN),
    ("h2", Level::WARN),
    ("rustls", Level::ERROR),
];

/// A filter that does not parse.
#[derive(Debug, thiserror::Error)]
#[error("log.filter: expected levels by module, such as info or info,laurel_ingest=debug: {0}")]
pub struct Unreadable(#[from] tracing_subscriber::filter::ParseError);

/// Starts logging for the whole process; a second call changes nothing.
///
/// # Errors
///
/// The filter does not parse.
pub fn start_logs(log: &Log) -> Result<(), Unreadable> {
    let filter = EnvFilter::builder()
        .parse(&log.filter)?
        .and(filter_fn(is_fit));
    let terminal = stderr().is_terminal();
    let format = log.format.unwrap_or(if terminal {
        LogFormat::Pretty
    } else {
        LogFormat::Json
    });
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(stderr)
            .boxed(),
        LogFormat::Pretty => {
            // What came in from outside stays on its line and moves no cursor.
            let fields = debug_fn(|writer, field, value| {
                let text = escape(&format!("{value:?}"));
                match field.name() {
                    "message" => write!(writer, "{text}"),
                    name => write!(writer, "{name}={text}"),
                }
            });
            let layer = fmt::layer()
                .with_ansi(terminal)
                .fmt_fields(fields.delimited(" "));
            layer.with_writer(stderr).boxed()
        }
    };
    // An embedding program, or a test, may log in its own way.
    let _ = tracing_subscriber::registry()
        .with(layer.with_filter(filter))
        .try_init();
    Ok(())
}

fn is_fit(metadata: &Metadata<'_>) -> bool {
    let root = metadata.target().split("::").next().unwrap_or_default();
    let pinned = PINNED.iter().find(|(library, _)| root.starts_with(library));
    pinned.is_none_or(|(_, least)| metadata.level() <= least)
}

/// The text with its control characters written out.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control()
            || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "{}", character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_in_a_log_line_ends_it_or_moves_the_cursor() {
        assert_eq!(
            escape("a\nb\r\x1b[2J\u{202e}é"),
            "a\\nb\\r\\u{1b}[2J\\u{202e}é"
        );
    }
}
