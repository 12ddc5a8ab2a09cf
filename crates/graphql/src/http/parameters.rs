//! The parameters of a request, from a JSON body or from the query of its address.

use async_graphql::Variables;
use axum::extract::Query;
use axum::http::Uri;
use serde_json::{Map, Value};

use super::documents::matches;
use super::unique;
use crate::error::{Code, Refusal};

/// What was asked. Of the `extensions` only `persistedQuery` is known; the others are ignored.
#[derive(Debug, PartialEq)]
pub(crate) struct Parameters {
    pub(crate) document: Document,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Variables,
}

/// The document that is meant.
#[derive(Debug, PartialEq)]
pub(crate) enum Document {
    /// It was sent.
    Text(String),
    /// It is stored under this id.
    Stored(String),
}

impl Parameters {
    /// From the body of a `POST`: one JSON object, never a list of them.
    pub(super) fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        match unique::parse(body) {
            Ok(Value::Object(fields)) => Self::from_fields(fields),
            Ok(Value::Array(_)) => Err(bad("A batch is not accepted: send one request at a time.")),
            Ok(_) => Err(bad("The body must be a JSON object.")),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let wrong = if error.is_data() {
                    "holds an object with a key that stands twice"
                } else {
                    "is not JSON"
                };
                Err(bad(format!(
                    "The body {wrong}: line {line}, column {column}."
                )))
            }
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
                "query" | "documentId" | "operationName" => Value::String(text),
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => unique::parse(text.as_bytes()).map_err(|_| {
                    let wrong = "is not JSON, or has a key that stands twice";
                    bad(format!("The parameter \"{name}\" {wrong}."))
                })?,
                _ => continue,
            };
            if fields.insert(name.clone(), value).is_some() {
                return Err(bad(format!("The parameter \"{name}\" is given twice.")));
            }
        }
        Self::from_fields(fields)
    }

    /// From the fields of an object.
    pub(crate) fn from_fields(mut fields: Map<String, Value>) -> Result<Self, Refusal> {
        let query = text(&mut fields, "query")?;
        let id = text(&mut fields, "documentId")?;
        let operation_name = text(&mut fields, "operationName")?;
        let extensions = map(&mut fields, "extensions")?;
        let document = document(query, id, extensions)?;
        let variables = map(&mut fields, "variables")?
            .map(Variables::from_json)
            .unwrap_or_default();
        Ok(Self {
            document,
            operation_name,
            variables,
        })
    }
}

/// The document itself, or the id of one: as `documentId` (GraphQL over HTTP, appendix A), or as a hash in the form of
/// Apollo's clients. Both together are one document, or nothing.
fn document(
    query: Option<String>,
    id: Option<String>,
    extensions: Option<Value>,
) -> Result<Document, Refusal> {
    let hashed = hash_of(extensions)?.map(|hash| format!("sha256:{hash}"));
    let ids = id.iter().chain(&hashed);
    match query {
        Some(query) if ids.clone().all(|id| matches(id, &query)) => Ok(Document::Text(query)),
        Some(_) => Err(bad("The document is not the one that the id stands for.")),
        None => match (id, hashed) {
            (Some(id), Some(hashed)) if id != hashed => Err(bad("Two ids of documents are given.")),
            (Some(id), _) | (None, Some(id)) => Ok(Document::Stored(id)),
            (None, None) => Err(bad("The parameter \"query\" is missing.")),
        },
    }
}

fn hash_of(extensions: Option<Value>) -> Result<Option<String>, Refusal> {
    let Some(mut asked) = extensions else {
        return Ok(None);
    };
    match asked.get_mut("persistedQuery").map(Value::take) {
        None | Some(Value::Null) => Ok(None),
        Some(asked) => match (&asked["version"], &asked["sha256Hash"]) {
            (Value::Number(version), Value::String(hash)) if version.as_u64() == Some(1) => {
                Ok(Some(hash.to_ascii_lowercase()))
            }
            _ => Err(bad(
                "\"persistedQuery\" needs \"version\": 1 and \"sha256Hash\".",
            )),
        },
    }
}

fn text(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(format!("The parameter \"{name}\" must be a string."))),
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
        assert_eq!(read.document, Document::Text("{a}".to_owned()));
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
            r#"{"query":"{a}","query":"{b}"}"#,
            r#"{"query":"{a}","variables":{"v":1,"v":2}}"#,
            "\u{feff}{\"query\":\"{a}\"}",
            "{\"query\":\"{a}\"} {}",
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
    fn a_stored_document_is_named_by_its_id_or_by_its_hash() {
        let named = |body: &str| Parameters::from_body(body.as_bytes()).map(|read| read.document);
        let hash = "e4ff2d5f5e0ab3f3a5b8a4ab2b3c9b2d0a24bd1b5d9d8ff4e3a4b4d8b1a0c111";
        let stored = |id: &str| Ok(Document::Stored(id.to_owned()));
        assert_eq!(named(r#"{"documentId":"own"}"#), stored("own"));
        let apollo = format!(
            r#"{{"extensions":{{"persistedQuery":{{"version":1,"sha256Hash":"{hash}"}}}}}}"#
        );
        assert_eq!(named(&apollo), stored(&format!("sha256:{hash}")));
        for wrong in [
            r#"{"documentId":1}"#.to_owned(),
            r#"{"extensions":{"persistedQuery":1}}"#.to_owned(),
            apollo.replace(":1,", ":2,"),
            apollo.replacen('{', r#"{"query":"{a}","#, 1),
            apollo.replacen('{', r#"{"documentId":"own","#, 1),
        ] {
            assert!(named(&wrong).is_err(), "{wrong}");
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
        assert_eq!(read.document, Document::Text("{a}".to_owned()));
        assert_eq!(read.variables.len(), 1);
        assert!(Parameters::from_address(&address("query=%7Ba%7D&variables=&extensions=")).is_ok());
        for query in [
            "",
            "query=a&query=b",
            "query=a&variables=1",
            "query=a&variables=%7B",
            "query=a&extensions=[]",
            "query=a&variables=%7B%22v%22%3A1%2C%22v%22%3A2%7D",
        ] {
            assert!(
                Parameters::from_address(&address(query)).is_err(),
                "{query}"
            );
        }
    }
}
