//! Keyset pages over entities, by row comparison.
//!
//! `(a, b) < (x, y)` starts in the index where the page starts, however deep; the form `a < x OR (a = x AND b < y)`
//! makes PostgreSQL walk there from the index's end.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Value};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::{Page, PageRequest, Result};

/// A cursor: the values of the two columns that a list is ordered by.
pub(crate) trait Keyset {
    fn values(&self) -> [Value; 2];
}

/// One page of `select`, newest first by `columns`.
pub(crate) async fn page<E, C>(
    db: &impl ConnectionTrait,
    select: Select<E>,
    columns: [E::Column; 2],
    request: &PageRequest<C>,
) -> Result<Page<E::Model>>
where
    E: EntityTrait,
    E::Model: FromQueryResult,
    C: Keyset,
{
    let key = || Expr::tuple(columns.map(|column| Expr::col(column.as_column_ref())));
    let at = |cursor: &C| Expr::tuple(cursor.values().map(Expr::val));
    let mut select = select;
    if let Some(after) = &request.after {
        select = select.filter(key().lt(at(after)));
    }
    if let Some(before) = &request.before {
        select = select.filter(key().gt(at(before)));
    }
    let order = if request.from_end {
        Order::Asc
    } else {
        Order::Desc
    };
    for column in columns {
        select = select.order_by(column, order.clone());
    }
    Ok(request.cut(select.limit(request.fetch()).all(db).await?))
}
