//! What reads the bodies of sources that are not Masivo's.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use laurel_payloads::json::Malformed;
use laurel_payloads::{Reader, Reading, read, read_with};
use laurel_store::Source;

/// The readers of sources of other formats, by the sources' names; every other source is Masivo's.
///
/// ```
/// use std::sync::Arc;
///
/// use laurel_graphql::{Readers, Settings};
/// use laurel_payloads::{Heading, Reader, Unreadable};
///
/// struct Pings;
///
/// impl Reader for Pings {
///     fn format(&self) -> &'static str {
///         "pings"
///     }
///
///     fn heading(&self, _: &[u8]) -> Result<Heading, Unreadable> {
///         Ok(Heading::new("ping"))
///     }
/// }
///
/// let reader: Arc<dyn Reader> = Arc::new(Pings);
/// let settings = Settings { readers: Readers::new([("monitor".to_owned(), reader)]), ..Settings::default() };
/// ```
#[derive(Clone, Default)]
pub struct Readers(Arc<BTreeMap<String, Arc<dyn Reader>>>);

impl Readers {
    /// The readers of these sources.
    pub fn new(readers: impl IntoIterator<Item = (String, Arc<dyn Reader>)>) -> Self {
        Self(Arc::new(readers.into_iter().collect()))
    }

    /// Reads a body as its source has it.
    pub(crate) fn read(&self, source: &Source, body: &[u8]) -> Result<Reading, Malformed> {
        match self.0.get(source.as_str()) {
            Some(reader) => read_with(reader.as_ref(), body),
            None => read(body),
        }
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}
