//! Documents that were read before. An app asks the same ones again and again, and reading one takes longer than measuring
//! and answering much of what it asks.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use lru::LruCache;

/// So many documents are remembered, those that were asked last.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(128).expect("more than none");
/// What is longer, in bytes, is read anew each time: a document takes many times the room of its text.
const LONGEST: usize = 4 * 1_024;

/// An operation of a document, within all limits that do not depend on variables.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) document: ExecutableDocument,
    pub(super) operation: OperationDefinition,
}

/// By the text, and the name of the operation.
type Documents = LruCache<(String, Option<String>), Arc<Chosen>>;

/// The documents that were asked last.
#[derive(Debug)]
pub(super) struct Known(Mutex<Documents>);

impl Default for Known {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(REMEMBERED)))
    }
}

impl Known {
    /// The operation as it was read before, or as `read` reads it now. What is refused is not remembered.
    pub(super) fn get_or<E>(
        &self,
        query: &str,
        name: Option<&str>,
        read: impl FnOnce() -> Result<Chosen, E>,
    ) -> Result<Arc<Chosen>, E> {
        if query.len() > LONGEST {
            return read().map(Arc::new);
        }
        let key = (query.to_owned(), name.map(str::to_owned));
        if let Some(known) = self.documents().get(&key) {
            return Ok(Arc::clone(known));
        }
        let chosen = Arc::new(read()?);
        self.documents().put(key, Arc::clone(&chosen));
        Ok(chosen)
    }

    fn documents(&self) -> MutexGuard<'_, Documents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::error::Refusal;
    use crate::guard::operation;

    /// Asks, and says whether the document had to be read.
    fn is_read(known: &Known, query: &str, name: Option<&str>) -> bool {
        let read = Cell::new(false);
        let chosen = known.get_or(query, name, || {
            read.set(true);
            let document = async_graphql::parser::parse_query(query).expect("a document");
            let (document, operation) = operation::choose(document, name)?;
            Ok::<_, Refusal>(Chosen {
                document,
                operation,
            })
        });
        assert!(chosen.is_ok(), "{query}");
        read.get()
    }

    #[test]
    fn a_document_is_read_once_for_each_of_its_operations() {
        let known = Known::default();
        let two = "query a { __typename } query b { __typename }";
        let reads = [Some("a"), Some("b"), Some("a"), Some("b")];
        let reads = reads.map(|name| is_read(&known, two, name));
        assert_eq!(reads, [true, true, false, false]);
    }

    #[test]
    fn what_is_long_or_was_asked_long_ago_is_read_anew() {
        let known = Known::default();
        let long = format!("{{ __typename }} #{}", "x".repeat(LONGEST));
        assert!(is_read(&known, &long, None));
        assert!(is_read(&known, &long, None));
        assert!(is_read(&known, "{ __typename }", None));
        for other in 0..REMEMBERED.get() {
            assert!(is_read(
                &known,
                &format!("{{ a{other}: __typename }}"),
                None
            ));
        }
        assert!(is_read(&known, "{ __typename }", None));
    }

    #[test]
    fn what_is_refused_is_refused_again() {
        let known = Known::default();
        for _ in 0..2 {
            let refused = known.get_or("{", None, || Err::<Chosen, _>("no"));
            assert!(refused.is_err());
        }
    }
}
