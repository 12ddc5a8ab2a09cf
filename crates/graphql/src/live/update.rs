//! One update, and how it was shown to those who asked the same of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use laurel_store::FeedRecord;
use tokio::sync::OnceCell;

/// What is shown to those who asked the same, once it was made.
type Form = Arc<OnceCell<Arc<str>>>;

/// What is told, to one follower or to a thousand.
pub(super) struct Update {
    pub(super) record: FeedRecord,
    shown: Mutex<HashMap<Arc<str>, Form>>,
}

impl Update {
    pub(super) fn new(record: FeedRecord) -> Self {
        Self {
            record,
            shown: Mutex::default(),
        }
    }

    /// What is shown to whoever asks `the_same`: the first of them has it made.
    pub(super) async fn shown(
        &self,
        the_same: &Arc<str>,
        make: impl Future<Output = Arc<str>>,
    ) -> Arc<str> {
        let cell = {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(shown.entry(Arc::clone(the_same)).or_default())
        };
        Arc::clone(cell.get_or_init(|| make).await)
    }
}
