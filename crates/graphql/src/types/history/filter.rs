//! Which entries of a history are wanted.

use async_graphql::{ID, InputObject};
use laurel_payloads::{EventKind as Kind, InvalidId};
use laurel_store::HistoryFilter as Filter;

use super::EventKind;
use crate::error::{Code, Refusal};
use crate::scalars::DateTime;

/// Which entries of a history are wanted. What is left out does not restrict.
#[derive(Debug, Default, InputObject)]
pub(crate) struct HistoryFilter {
    /// Only entries of these kinds. An empty list is no entry.
    pub(crate) kinds: Option<Vec<EventKind>>,
    /// Only entries that happened at this time or later.
    pub(crate) from: Option<DateTime>,
    /// Only entries that happened before this time.
    pub(crate) to: Option<DateTime>,
    /// Only entries with a line of this reward (Masivo's id).
    pub(crate) reward_id: Option<ID>,
    /// Only entries with a line of this brand.
    pub(crate) brand_id: Option<ID>,
}

impl HistoryFilter {
    /// The store's filter. Who is no operator does not see what nobody recognized.
    pub(crate) fn read(self, operates: bool) -> Result<Filter, Refusal> {
        Ok(Filter {
            kinds: self
                .kinds
                .map(|kinds| kinds.into_iter().map(Kind::from).collect()),
            recognized: !operates,
            from: self.from.map(|time| time.0),
            to: self.to.map(|time| time.0),
            reward_id: id(self.reward_id)?,
            brand_id: id(self.brand_id)?,
        })
    }
}

/// An id as a payload could hold it; any other names nothing.
pub(crate) fn id<T: TryFrom<String, Error = InvalidId>>(
    id: Option<ID>,
) -> Result<Option<T>, Refusal> {
    let refused = |_| {
        Refusal::new(
            Code::BadUserInput,
            "An id has 1 to 255 bytes and no control characters.",
        )
    };
    id.map(|id| T::try_from(id.0).map_err(refused)).transpose()
}
