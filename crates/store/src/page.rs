//! Pages of a list that is ordered newest first, cut by keyset cursors in both directions.

/// Which part of a list is wanted. A cursor names a row by the columns that the list is ordered by, never by its number.
///
/// ```
/// # async fn example(scope: laurel_store::Scope) -> Result<(), Box<dyn std::error::Error>> {
/// use laurel_store::{HistoryFilter, PageRequest};
///
/// let ana = "ana-0042".parse::<laurel_payloads::CustomerId>()?;
/// let newest = scope.history(&ana, &HistoryFilter::default(), &PageRequest::first(20)).await?;
/// println!("{} entries, and more: {}", newest.items.len(), newest.has_next);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// At most this many rows.
    pub limit: u64,
    /// Only rows that come after this one, which means older.
    pub after: Option<C>,
    /// Only rows that come before this one, which means newer.
    pub before: Option<C>,
    /// Take the rows from the end of the list (Relay's `last`) rather than from its start.
    pub from_end: bool,
}

impl<C> PageRequest<C> {
    /// The first rows of the list.
    pub fn first(limit: u64) -> Self {
        Self {
            limit,
            after: None,
            before: None,
            from_end: false,
        }
    }

    /// How many rows to ask the database for: one more, which tells whether there are more.
    pub(crate) fn fetch(&self) -> u64 {
        self.limit + 1
    }

    /// Makes a page of what the database answered, in the order in which it was asked.
    pub(crate) fn cut<T>(&self, mut items: Vec<T>) -> Page<T> {
        let wanted = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > wanted;
        items.truncate(wanted);
        if self.from_end {
            items.reverse();
            Page {
                items,
                has_next: self.before.is_some(),
                has_previous: more,
            }
        } else {
            Page {
                items,
                has_next: more,
                has_previous: self.after.is_some(),
            }
        }
    }
}

/// Some consecutive rows of a list, newest first.
///
/// ```
/// use laurel_store::Page;
///
/// let page = Page { items: vec![3, 2, 1], has_next: false, has_previous: false };
/// assert_eq!(page.map(|item| item.to_string()).items, ["3", "2", "1"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Whether older rows follow. Read from the end, this says only that a `before` was given.
    pub has_next: bool,
    /// Whether newer rows precede. Read from the start, this says only that an `after` was given.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, convert: impl Fn(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(convert).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_too_many_tells_that_there_are_more() {
        let page = PageRequest::<i64>::first(2).cut(vec![9, 8, 7]);
        assert_eq!(
            page,
            Page {
                items: vec![9, 8],
                has_next: true,
                has_previous: false
            }
        );
    }

    #[test]
    fn a_page_from_the_end_is_turned_round() {
        let request = PageRequest {
            limit: 2,
            after: None,
            before: Some(5),
            from_end: true,
        };
        let page = request.cut(vec![1, 2, 3]);
        assert_eq!(
            page,
            Page {
                items: vec![2, 1],
                has_next: true,
                has_previous: true
            }
        );
    }
}
