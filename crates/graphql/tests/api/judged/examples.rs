//! The examples of the README and of `docs/`, word for word: the queries asked by the Python client gql, the commands run
//! by a shell.

use std::process::Command;

use laurel_testkit::run;
use serde_json::{Value, json};

use super::{Served, root, told, verdict};
use crate::client::ANA;

/// The pages that have examples, each of which is found there.
const PAGES: [(&str, usize); 1] = [("README.md", 3)];

/// The blocks of a page that are in some language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root(page)).unwrap();
    let opening = format!("```{language}\n");
    let blocks = text.split(opening.as_str()).skip(1);
    blocks
        .map(|rest| rest.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

/// Variables for whatever an example declares.
fn variables(query: &str) -> Value {
    let known = json!({ "id": ANA });
    let declared = known.as_object().unwrap().iter();
    let declared = declared.filter(|(name, _)| query.contains(&format!("${name}:")));
    declared
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn every_query_of_the_pages_is_answered_to_a_python_client() {
    run(async {
        let served = Served::new().await;
        for (page, count) in PAGES {
            let queries = blocks(page, "graphql");
            assert_eq!(queries.len(), count, "{page}");
            let asked: Vec<_> = queries.iter().map(|one| (one, variables(one))).collect();
            let mut python = Command::new(told("LAUREL_TEST_PYTHON"));
            python
                .arg(root("xtask/judges/ask_examples.py"))
                .args([&served.url, &served.api.key]);
            let asked = serde_json::to_string(&asked).unwrap();
            let answers = tokio::task::spawn_blocking(move || verdict(python, &asked));
            let answers: Vec<Value> = serde_json::from_slice(&answers.await.unwrap()).unwrap();
            assert_eq!(answers.len(), count);
            for (query, answer) in queries.iter().zip(answers) {
                let fields = answer.as_object().unwrap();
                let nothing = fields.values().any(Value::is_null);
                assert!(!nothing, "{query}\n{answer}");
            }
        }
    });
}

#[test]
fn the_commands_of_the_readme_that_ask_are_answered() {
    run(async {
        let served = Served::new().await;
        let asking: Vec<_> = blocks("README.md", "console")
            .into_iter()
            .filter_map(|block| Some(block.strip_prefix("$ ")?.to_owned()))
            .filter(|command| command.starts_with("curl http://127.0.0.1:8080/graphql"))
            .collect();
        assert_eq!(asking.len(), 1);
        for command in asking {
            let command = command.replace("http://127.0.0.1:8080/graphql", &served.url);
            let mut shell = Command::new("sh");
            shell.args(["-c", &command]).env("KEY", &served.api.key);
            let said = tokio::task::spawn_blocking(move || verdict(shell, ""));
            let answer: Value = serde_json::from_slice(&said.await.unwrap()).unwrap();
            assert_eq!(answer.get("errors"), None, "{answer}");
            let entries = &answer["data"]["customer"]["history"]["nodes"];
            assert!(!entries.as_array().unwrap().is_empty(), "{answer}");
        }
    });
}
