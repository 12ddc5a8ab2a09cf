//! What the demo shows, plain where it is not a terminal.

use std::io::{IsTerminal, stdout};

use super::server::Server;

pub(super) struct Screen {
    colour: bool,
}

impl Screen {
    pub(super) fn new() -> Self {
        // https://no-color.org
        let colour = stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { colour }
    }

    pub(super) fn title(&self, text: &str) {
        println!("{}", self.style("1;32", text));
    }

    pub(super) fn step(&self, number: u8, text: &str) {
        println!("\n{}", self.style("1", &format!("{number}. {text}")));
    }

    #[expect(clippy::unused_self, reason = "lines are part of the screen")]
    pub(super) fn line(&self, text: &str) {
        println!("   {text}");
    }

    /// Something that was sent or received, as it was.
    pub(super) fn quote(&self, text: &str) {
        println!();
        for line in text.lines() {
            let line = format!("     {}", plain(line));
            println!("{}", self.style("36", line.trim_end()));
        }
    }

    /// A line that follows a quote.
    pub(super) fn note(&self, text: &str) {
        println!();
        self.line(text);
    }

    /// Where to go on.
    pub(super) fn goodbye(&self, server: &Server) {
        self.step(5, "It goes on serving. Ask it yourself:");
        self.quote(&format!(
            "curl {}/graphql -H 'Authorization: Bearer {}' \\\n  -H 'Content-Type: application/json' \\\n  \
             -d '{{\"query\": \"{{ customers {{ nodes {{ name tier {{ tier {{ name }} }} }} }} }}\"}}'",
            server.url, server.key
        ));
        self.note(&format!(
            "The URL is {} (the explorer, in a browser), the API key {}",
            server.url, server.key
        ));
        self.line("Ctrl-C ends it, and removes what it made.");
    }

    fn style(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Text that moves no cursor: names in a history are whatever somebody typed.
fn plain(line: &str) -> String {
    line.chars()
        .map(|character| {
            if character.is_control() {
                '\u{fffd}'
            } else {
                character
            }
        })
        .collect()
}
