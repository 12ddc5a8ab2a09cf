//! Whose rows are read: those of a customer under every id that they have had.

use laurel_payloads::CustomerId;
use sea_orm::Value;

use super::CustomerRecord;
use crate::{PageRequest, Scope};

/// A customer under each of their ids. The rows of all of them are one history; nothing was rewritten when the id changed.
#[derive(Debug, Clone, Copy)]
pub struct Identities<'a>(&'a [CustomerId]);

impl<'a> From<&'a CustomerId> for Identities<'a> {
    fn from(id: &'a CustomerId) -> Self {
        Self(std::slice::from_ref(id))
    }
}

impl<'a> From<&'a [CustomerId]> for Identities<'a> {
    fn from(ids: &'a [CustomerId]) -> Self {
        Self(ids)
    }
}

impl<'a> From<&'a CustomerRecord> for Identities<'a> {
    fn from(customer: &'a CustomerRecord) -> Self {
        Self(&customer.ids)
    }
}

impl Identities<'_> {
    /// The ids as texts, for a list in one parameter.
    pub(crate) fn texts(self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

/// A page of the rows of a customer, in the making: the same statement once for each id, and the newest of all of them.
pub(crate) struct UnionPage {
    /// The columns, separated by commas.
    pub(crate) columns: &'static str,
    /// The table; its rows are the customer's by `source` and `customer_id`.
    pub(crate) table: &'static str,
    /// The two columns of the order, which an index holds after `source` and `customer_id`.
    pub(crate) order: [&'static str; 2],
    values: Vec<Value>,
    conditions: String,
    /// The parameters that hold the ids.
    ids: std::ops::Range<usize>,
}

impl UnionPage {
    /// Nothing restricted yet. The first parameter is the source, the next are the ids.
    pub(crate) fn new(
        scope: &Scope,
        of: Identities<'_>,
        columns: &'static str,
        table: &'static str,
        order: [&'static str; 2],
    ) -> Self {
        let source = std::iter::once(scope.source().as_str().into());
        let ids = of.0.iter().map(|id| id.as_str().into());
        Self {
            columns,
            table,
            order,
            values: source.chain(ids).collect(),
            conditions: String::new(),
            ids: 2..of.0.len() + 2,
        }
    }

    /// Makes a parameter of a value, and says what it is called.
    pub(crate) fn parameter(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    /// Restricts the rows. `{id}` stands for the parameter that holds the id.
    pub(crate) fn restrict(&mut self, condition: &str) {
        self.conditions += " AND ";
        self.conditions += condition;
    }

    /// Restricts the rows to the stretch of a page, by row comparison, which starts in the index where the page starts.
    pub(crate) fn cut<C>(&mut self, page: &PageRequest<C>, values: impl Fn(&C) -> [Value; 2]) {
        for (cursor, comparison) in [(&page.after, "<"), (&page.before, ">")] {
            if let Some(cursor) = cursor {
                let [one, two] = values(cursor).map(|value| self.parameter(value));
                let [first, second] = self.order;
                self.restrict(&format!("({first}, {second}) {comparison} ({one}, {two})"));
            }
        }
    }

    /// How many rows there are: the text and its values.
    pub(crate) fn count(self) -> (String, Vec<Value>) {
        let counts = self.each(|one| format!("(SELECT count(*) {one})"));
        (format!("SELECT {} AS n", counts.join(" + ")), self.values)
    }

    /// The rows of the page, one too many so that it shows whether there are more: the text and its values.
    pub(crate) fn rows<C>(mut self, page: &PageRequest<C>) -> (String, Vec<Value>) {
        let limit = self.parameter(i64::try_from(page.fetch()).unwrap_or(i64::MAX).into());
        let order = self.direction(page, "");
        let columns = self.columns;
        let mut parts =
            self.each(|one| format!("SELECT {columns} {one} ORDER BY {order} LIMIT {limit}"));
        let sql = if parts.len() == 1 {
            parts.remove(0)
        } else {
            let parts: Vec<String> = (1..)
                .zip(parts)
                .map(|(number, part)| format!("SELECT * FROM ({part}) AS id{number}"))
                .collect();
            format!(
                "SELECT * FROM ({}) AS ids ORDER BY {order} LIMIT {limit}",
                parts.join(" UNION ALL ")
            )
        };
        (sql, self.values)
    }

    /// The order of a page, of columns that begin so.
    pub(crate) fn direction<C>(&self, page: &PageRequest<C>, prefix: &str) -> String {
        let direction = if page.from_end { "ASC" } else { "DESC" };
        let [first, second] = self.order;
        format!("{prefix}{first} {direction}, {prefix}{second} {direction}")
    }

    /// For each id what is made of `FROM … WHERE …`.
    fn each(&self, make: impl Fn(String) -> String) -> Vec<String> {
        let of = |id| {
            let id = format!("${id}");
            let conditions = self.conditions.replace("{id}", &id);
            make(format!(
                "FROM {} WHERE source = $1 AND customer_id = {id}{conditions}",
                self.table
            ))
        };
        self.ids.clone().map(of).collect()
    }
}
