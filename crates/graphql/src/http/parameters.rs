//! The parameters of a request, from a JSON body or from the query of its address.

use async_graphql::Variables;
use axum::extract::Query;
use axum::http::Uri;
use serde_json::{Map, Value};

use crate::error::{Code, Refusal};

/// What was asked. `extensions` are read, so that they are known to be a map, and then ignored.
#[derive(Debug, PartialEq)]
pub(super) struct Parameters {
    pub(super) query: String,
    pub(super) operation_name: Option<String>,
    pub(super) variables: Variables,
}

impl Parameters {
    /// From the body of a `POST`: one JSON object, never a list of them.
    pub(super) fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Self::from_fields(fields),
            Ok(Value::Array(_)) => Err(bad("A batch is not accepted: send one request at a time.")),
            Ok(_) => Err(bad("The body must be a JSON object.")),
            Err(error) => Err(bad(format!(
                "The body is not JSON: line {}, column {}.",
                error.line(),
                error.column()
            ))),
        }
    }

    /// From the address of a `GET`: `variables` and `extensions` are JSON there.
    pub(super) fn from_address(address: &Uri) -> Result<Self, Refusal> {
        let Ok(Query(pairs)) = Query::<Vec<(String, String)>>::try_from_uri(address) else {
            return Err(bad("The query of the address is not URL-encoded."));
        };
        let mut fields = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                "query" | "operationName" => Value::String(text),
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => serde_json::from_str(&text)
                    .map_err(|_| bad(format!("The parameter \"{name}\" is not JSON.")))?,
                _ => continue,
            };
            if fields.insert(name.clone(), value).is_some() {
                return Err(bad(format!("The parameter \"{name}\" is given twice.")));
            }
        }
        Self::from_fields(fields)
    }

    fn from_fields(mut fields: Map<String, Value>) -> Result<Self, Refusal> {
        let query = match fields.remove("query") {
            Some(Value::String(query)) => query,
            None | Some(Value::Null) => return Err(bad("The parameter \"query\" is missing.")),
            Some(_) => return Err(bad("The parameter \"query\" must be a string.")),
        };
        let operation_name = match fields.remove("operationName") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(bad("The parameter \"operationName\" must be a string.")),
        };
        map(&mut fields, "extensions")?;
        let variables = map(&mut fields, "variables")?
            .map(Variables::from_json)
            .unwrap_or_default();
        Ok(Self {
            query,
            operation_name,
            variables,
        })
    }
}

fn map(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Value>, Refusal> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value @ Value::Object(_)) => Ok(Some(value)),
        Some(_) => Err(bad(format!("The parameter \"{name}\" must be a map."))),
    }
}

fn bad(message: impl Into<String>) -> Refusal {
    Refusal::new(Code::BadRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> bool {
        Parameters::from_body(body.as_bytes()).is_err()
    }

    #[test]
    fn a_body_holds_a_query_and_may_hold_more() {
        let body = br#"{"query":"{a}","operationName":"b","variables":{"c":1},"extensions":{},"other":[]}"#;
        let read = Parameters::from_body(body).unwrap();
        assert_eq!(read.query, "{a}");
        assert_eq!(read.operation_name.as_deref(), Some("b"));
        assert_eq!(read.variables.len(), 1);
        assert!(!refused(
            r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#
        ));
    }

    #[test]
    fn a_parameter_of_another_type_is_refused() {
        for body in [
            "",
            "{",
            "[]",
            "[{\"query\":\"{a}\"}]",
            "null",
            "\"{a}\"",
            "{}",
            r#"{"query":null}"#,
            r#"{"query":{}}"#,
            r#"{"query":1}"#,
            r#"{"query":[]}"#,
            r#"{"query":true}"#,
        ] {
            assert!(refused(body), "{body}");
        }
        for name in ["operationName", "variables", "extensions"] {
            let wrong = if name == "operationName" {
                ["{}", "1", "[]"]
            } else {
                ["\"a\"", "1", "[]"]
            };
            for value in wrong {
                assert!(
                    refused(&format!(r#"{{"query":"{{a}}","{name}":{value}}}"#)),
                    "{name} {value}"
                );
            }
        }
    }

    #[test]
    fn variables_nested_beyond_what_the_parser_bears_are_refused() {
        let body = |depth: usize| {
            format!(
                r#"{{"query":"{{a}}","variables":{{"v":{}{}}}}}"#,
                "[".repeat(depth),
                "]".repeat(depth)
            )
        };
        assert!(!refused(&body(100)));
        assert!(refused(&body(129)));
        assert!(refused(&body(30_000)));
    }

    #[test]
    fn an_address_holds_the_same_with_json_in_its_maps() {
        let address = |query: &str| format!("/graphql?{query}").parse::<Uri>().unwrap();
        let read =
            Parameters::from_address(&address("query=%7Ba%7D&variables=%7B%22c%22%3A1%7D&x=1"))
                .unwrap();
        assert_eq!((read.query.as_str(), read.variables.len()), ("{a}", 1));
        assert!(Parameters::from_address(&address("query=%7Ba%7D&variables=&extensions=")).is_ok());
        for query in [
            "",
            "query=a&query=b",
            "query=a&variables=1",
            "query=a&variables=%7B",
            "query=a&extensions=[]",
        ] {
            assert!(
                Parameters::from_address(&address(query)).is_err(),
                "{query}"
            );
        }
    }
}
