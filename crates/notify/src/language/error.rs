//! `WordingError`: what is wrong with a message or a template, and where.

/// A message or a template that cannot be used. Its text is for the operator who wrote it.
///
/// ```
/// use std::path::Path;
///
/// use laurel_notify::language::Languages;
///
/// let fault = Languages::new(&[Path::new("/no/such/folder")], &[]).expect_err("no folder");
/// assert_eq!(fault.place, "/no/such/folder");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
#[non_exhaustive]
pub struct WordingError {
    /// The file, with the line where it is known.
    pub place: String,
    /// What is wrong.
    pub problem: String,
}

impl WordingError {
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            problem: problem.into(),
        }
    }

    /// A file or folder that cannot be read.
    pub(crate) fn unreadable(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::new(
            path.display().to_string(),
            format!("cannot be read: {error}"),
        )
    }
}
