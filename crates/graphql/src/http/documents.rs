//! Which document a request means: the one that it carries, or a stored one that it names.

use super::parameters::Document;
use crate::asking::Asking;
use crate::error::{Code, Refusal};
use crate::trusted::{TrustedDocuments, hash_id};

/// The text of the document, where the asker may run it. Where there are trusted documents, a customer may run nothing
/// else; who has an API key may.
pub(crate) fn resolve(
    document: Document,
    asking: &Asking,
    trusted: Option<&TrustedDocuments>,
) -> Result<String, Refusal> {
    let text = match document {
        Document::Text(text) => text,
        Document::Stored(id) => {
            let stored = trusted.and_then(|trusted| trusted.get(&id));
            return stored.map(str::to_owned).ok_or_else(|| unknown(trusted));
        }
    };
    match trusted {
        Some(trusted) if asking.viewer().is_some() && !trusted.holds(&text) => {
            let message = "This is none of the stored documents, and nothing else is open to customer tokens.";
            Err(Refusal::new(Code::Forbidden, message))
        }
        _ => Ok(text),
    }
}

/// Apollo's clients read the codes: after the first they send the document itself, after the second they always do.
fn unknown(trusted: Option<&TrustedDocuments>) -> Refusal {
    match trusted {
        Some(_) => Refusal::new(
            Code::DocumentNotFound,
            "No document is stored under this id.",
        ),
        None => Refusal::new(
            Code::DocumentsNotSupported,
            "No documents are stored here: send the document itself.",
        ),
    }
}

/// Whether a document is the one that an id of this form means.
pub(super) fn matches(id: &str, text: &str) -> bool {
    !id.starts_with("sha256:") || hash_id(text) == id
}
