//! Connections, as Relay specifies them: a page of a list, with the cursor of each row, read from
//! either end.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, OutputType, Result, TypeName};
use laurel_payloads::CustomerId;
use laurel_store::{Page, PageRequest};

use crate::asking::Asking;
use crate::cursor::{Cursor, Seal};
use crate::error::{Code, Refusal};
use crate::{DEFAULT_PAGE, MAX_PAGE};

/// A list that can be paged through.
pub(crate) trait List: Send + Sync {
    /// The connection's name in the schema.
    const CONNECTION: &'static str;
    /// The edge's name in the schema.
    const EDGE: &'static str;
    /// The letter that its cursors begin with.
    const LETTER: char;
    /// A row of the store.
    type Row: Clone + Send + Sync;
    /// What the row is ordered by.
    type Place: Cursor;
    /// The row as a client sees it.
    type Node: OutputType;

    /// Whose list it is; nobody's, where it is a source's.
    fn owner(&self) -> Option<&CustomerId> {
        None
    }
    /// Where a row stands in the list.
    fn place(row: &Self::Row) -> Self::Place;
    /// Shows a row.
    fn node(row: Self::Row) -> Self::Node;
    /// Counts the whole list; called only where a client asks.
    fn count(&self, context: &Context<'_>) -> impl Future<Output = Result<u64>> + Send;
}

/// The arguments of every connection.
pub(crate) struct Arguments {
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i32>,
    pub(crate) before: Option<String>,
}

impl Arguments {
    /// The page of a list that they ask for. Their sizes were checked before anything ran; here for callers that
    /// come another way.
    pub(crate) fn page<L: List>(
        self,
        list: &L,
        asking: &Asking,
    ) -> Result<PageRequest<L::Place>, Refusal> {
        let limit = match (self.first, self.last) {
            (Some(_), Some(_)) => None,
            (Some(size), None) | (None, Some(size)) => u32::try_from(size).ok(),
            (None, None) => Some(DEFAULT_PAGE),
        };
        let limit = limit.filter(|limit| (1..=MAX_PAGE).contains(limit));
        let refusal = || Refusal::new(Code::BadUserInput, "This is not a page's size.");
        let seal = seal(list, asking);
        let place = |text: Option<String>| text.map(|text| seal.decode(&text)).transpose();
        Ok(PageRequest {
            limit: limit.ok_or_else(refusal)?.into(),
            after: place(self.after)?,
            before: place(self.before)?,
            from_end: self.last.is_some(),
        })
    }
}

/// What the cursors of a list are sealed with.
fn seal<L: List>(list: &L, asking: &Asking) -> Seal {
    Seal::new(L::LETTER, asking.scope.source(), list.owner())
}

/// A page of a list.
pub(crate) struct Connection<L: List> {
    list: L,
    page: Page<L::Row>,
}

impl<L: List> Connection<L> {
    /// The page that the store gave for the list.
    pub(crate) fn new(list: L, page: Page<L::Row>) -> Self {
        Self { list, page }
    }
}

impl<L: List> TypeName for Connection<L> {
    fn type_name() -> Cow<'static, str> {
        L::CONNECTION.into()
    }
}

/// A page of a list, newest first.
#[Object(name_type)]
impl<L: List> Connection<L> {
    /// The rows of this page, each with its cursor.
    async fn edges(&self, context: &Context<'_>) -> Vec<Edge<L>> {
        let seal = Arc::new(seal(&self.list, Asking::of(context)));
        let rows = self.page.items.iter().cloned();
        let edge = |row| Edge {
            row,
            seal: Arc::clone(&seal),
        };
        rows.map(edge).collect()
    }

    /// The rows of this page, without their cursors.
    async fn nodes(&self) -> Vec<L::Node> {
        self.page.items.iter().cloned().map(L::node).collect()
    }

    /// Whether there is more, and the cursors to get it with.
    async fn page_info(&self, context: &Context<'_>) -> PageInfo {
        let seal = seal(&self.list, Asking::of(context));
        let cursor = |row: Option<&L::Row>| row.map(|row| seal.encode(&L::place(row)));
        PageInfo {
            has_previous_page: self.page.has_previous,
            has_next_page: self.page.has_next,
            start_cursor: cursor(self.page.items.first()),
            end_cursor: cursor(self.page.items.last()),
        }
    }

    /// How many rows the whole list has, whichever page this is. Counted only when it is asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<u64> {
        self.list.count(context).await
    }
}

/// A row of a page.
pub(crate) struct Edge<L: List> {
    row: L::Row,
    seal: Arc<Seal>,
}

impl<L: List> TypeName for Edge<L> {
    fn type_name() -> Cow<'static, str> {
        L::EDGE.into()
    }
}

/// A row of a page, with its place in the list.
#[Object(name_type)]
impl<L: List> Edge<L> {
    /// The row's place: hand it back as `after` or `before`. It stays good when rows come and go.
    async fn cursor(&self) -> String {
        self.seal.encode(&L::place(&self.row))
    }

    /// The row.
    async fn node(&self) -> L::Node {
        L::node(self.row.clone())
    }
}
