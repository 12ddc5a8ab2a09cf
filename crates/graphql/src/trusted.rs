//! Trusted documents: the operations that a brand's own apps send, stored beforehand and asked for by their id.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_graphql::parser::parse_query;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Why documents cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TrustedDocumentsError {
    /// A file or folder cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is not a manifest.
    #[error(
        "{} is no manifest: an object of ids and documents, or one with the list `operations` of them (`id`, `body`)",
        path.display()
    )]
    Manifest {
        /// The file.
        path: PathBuf,
    },
    /// A document cannot be read as GraphQL.
    #[error("the document {id:?} of {} is not GraphQL: {problem}", path.display())]
    Document {
        /// The file or folder.
        path: PathBuf,
        /// The document's id.
        id: String,
        /// What the parser says.
        problem: String,
    },
    /// Two documents have one id.
    #[error("{} holds two documents with the id {id:?}", path.display())]
    Twice {
        /// The file or folder.
        path: PathBuf,
        /// The id.
        id: String,
    },
    /// There is none.
    #[error("{} holds no documents", path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
    },
}

/// Documents by their ids: `sha256:` with the hash of each, and the name that it was stored under.
#[derive(Clone, Debug)]
pub struct TrustedDocuments(Arc<HashMap<String, Arc<str>>>);

impl TrustedDocuments {
    /// Reads a folder of `.graphql` files, each named by its file's name without the ending, or a manifest in JSON: an
    /// object of ids and documents, as Relay's compiler and GraphQL Code Generator write it, or Apollo's.
    ///
    /// # Errors
    /// [`TrustedDocumentsError`].
    pub fn open(path: &Path) -> Result<Self, TrustedDocumentsError> {
        let documents = if path.is_dir() {
            from_folder(path)?
        } else {
            from_manifest(path)?
        };
        let mut all = HashMap::new();
        for (id, text) in documents {
            if let Err(error) = parse_query(&text) {
                return Err(TrustedDocumentsError::Document {
                    path: path.to_owned(),
                    id,
                    problem: error.to_string(),
                });
            }
            let text: Arc<str> = text.into();
            let other = all.insert(id.clone(), Arc::clone(&text));
            if other.is_some_and(|other: Arc<str>| other != text) {
                let path = path.to_owned();
                return Err(TrustedDocumentsError::Twice { path, id });
            }
            all.insert(hash_id(&text), text);
        }
        if all.is_empty() {
            return Err(TrustedDocumentsError::Empty {
                path: path.to_owned(),
            });
        }
        Ok(Self(Arc::new(all)))
    }

    /// The document with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(AsRef::as_ref)
    }

    /// Whether a document, byte by byte, is one of these.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.0.contains_key(&hash_id(text))
    }
}

/// The id that every document has: GraphQL over HTTP, appendix A.
pub(crate) fn hash_id(text: &str) -> String {
    let digest = digest(&SHA256, text.as_bytes());
    let hex = digest.as_ref().iter().map(|byte| format!("{byte:02x}"));
    std::iter::once("sha256:".to_owned()).chain(hex).collect()
}

type Named = Vec<(String, String)>;

fn from_folder(folder: &Path) -> Result<Named, TrustedDocumentsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |source| TrustedDocumentsError::Unreadable { path, source }
    };
    let mut documents = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        let name = path.file_stem().and_then(|name| name.to_str());
        if let (Some("graphql" | "gql"), Some(name)) = (ending, name) {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            documents.push((name.to_owned(), text));
        }
    }
    Ok(documents)
}

/// Apollo's manifest, as far as it matters here.
#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

fn from_manifest(path: &Path) -> Result<Named, TrustedDocumentsError> {
    let text = std::fs::read(path).map_err(|source| TrustedDocumentsError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let named = serde_json::from_slice::<Map<String, Value>>(&text).ok();
    let named = named.and_then(|mut manifest| match manifest.remove("operations") {
        Some(operations) => operations_of(operations),
        None => texts_of(manifest),
    });
    named.ok_or_else(|| TrustedDocumentsError::Manifest {
        path: path.to_owned(),
    })
}

fn operations_of(operations: Value) -> Option<Named> {
    let operations: Vec<Operation> = serde_json::from_value(operations).ok()?;
    let named = operations.into_iter().map(|one| (one.id, one.body));
    Some(named.collect())
}

fn texts_of(manifest: Map<String, Value>) -> Option<Named> {
    let named = manifest.into_iter().map(|(id, text)| match text {
        Value::String(text) => Some((id, text)),
        _ => None,
    });
    named.collect()
}
