//! The bodies of events, read only as far as they are not too large: one may have a mebibyte, and a page a hundred of them.

use laurel_payloads::{CustomerId, Event, Unreadable};
use sea_orm::QueryResult;

use crate::{Result, Scope, sql};

/// The body of an event, as it lies in the log, with what it takes to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventBody {
    name: Option<String>,
    customer_id: Option<CustomerId>,
    bytes: Vec<u8>,
}

impl EventBody {
    /// The body, byte for byte.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads the body of an event that was accepted.
    ///
    /// # Errors
    /// [`Unreadable`]: this binary does not read what the one that received it could.
    pub fn parse(&self) -> Result<Event, Unreadable> {
        Event::parse_accepted_as(self.name.as_deref(), self.customer_id.as_ref(), &self.bytes)
    }
}

/// A body, or how large it is where it is larger than what was to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// It was read.
    Read(EventBody),
    /// It was not; it has so many bytes.
    Larger(usize),
}

impl Scope {
    /// The bodies of the events with these places in the log, as far as they have at most so many bytes, in no order;
    /// unknown events are left out.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn bodies(&self, seqs: &[i64], most: usize) -> Result<Vec<(i64, Body)>> {
        if seqs.is_empty() {
            return Ok(Vec::new());
        }
        let backend = self.store().backend();
        let sql = format!(
            "SELECT log.seq, {} FROM events AS log WHERE log.source = $1 AND log.seq {}",
            columns(most),
            sql::in_list(backend, 2)
        );
        let values = [
            self.source().as_str().into(),
            sql::list(backend, seqs.to_vec()),
        ];
        let rows = sql::query(self.reader(), &sql, values).await?;
        let with_seq = |row: &QueryResult| Ok((row.try_get("", "seq")?, from_row(row)?));
        rows.iter().map(with_seq).collect()
    }
}

/// The columns of the table `log` that [`from_row`] reads. Neither database fetches a value to tell its length.
pub(crate) fn columns(most: usize) -> String {
    format!(
        "log.kind AS name, log.customer_id AS about, CAST(octet_length(log.body) AS BIGINT) AS size, \
         CASE WHEN octet_length(log.body) <= {} THEN log.body END AS body",
        i64::try_from(most).unwrap_or(i64::MAX)
    )
}

/// Reads [`columns`].
pub(crate) fn from_row(row: &QueryResult) -> Result<Body> {
    let Some(bytes) = row.try_get("", "body")? else {
        let size: i64 = row.try_get("", "size")?;
        return Ok(Body::Larger(usize::try_from(size).unwrap_or(usize::MAX)));
    };
    let about: Option<String> = row.try_get("", "about")?;
    Ok(Body::Read(EventBody {
        name: row.try_get("", "name")?,
        customer_id: about.map(crate::convert::customer_id).transpose()?,
        bytes,
    }))
}
