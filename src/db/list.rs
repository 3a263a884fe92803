//! Lists with filters and paging by key, so that the last page costs what the first costs.

use rusqlite::{Row, ToSql};

use super::{Mapped, Params, Tx};
use crate::kernel::{Code, Error, Listed, PageRequest, Result, SortKey, SortValue};

/// A list in the making: a SELECT, the filters that were asked for, an order.
pub struct List<'a> {
    columns: &'static str,
    from: &'static str,
    conditions: String,
    params: Vec<(&'static str, Box<dyn ToSql + 'a>)>,
    id: &'static str,
}

impl<'a> List<'a> {
    /// `SELECT columns FROM from`, where `from` ends with a WHERE that binds `:org`, and `id` is
    /// the column that settles ties.
    pub const fn new(columns: &'static str, from: &'static str, id: &'static str) -> Self {
        Self { columns, from, conditions: String::new(), params: Vec::new(), id }
    }

    /// Keeps only rows that meet a condition without parameters.
    #[must_use]
    pub fn only_if(mut self, wanted: bool, condition: &str) -> Self {
        if wanted {
            self.add(condition);
        }
        self
    }

    /// Keeps only rows that meet the condition, when its value was given.
    #[must_use]
    pub fn only<T: ToSql + 'a>(
        mut self,
        condition: &str,
        name: &'static str,
        value: Option<T>,
    ) -> Self {
        if let Some(value) = value {
            self.add(condition);
            self.params.push((name, Box::new(value)));
        }
        self
    }

    /// Binds a parameter that a condition added without one uses.
    #[must_use]
    pub fn bind<T: ToSql + 'a>(mut self, name: &'static str, value: T) -> Self {
        self.params.push((name, Box::new(value)));
        self
    }

    /// Reads the page.
    pub fn fetch<T>(
        mut self,
        tx: &Tx<'_>,
        page: &PageRequest,
        mut map: impl FnMut(&Row<'_>) -> Mapped<T>,
    ) -> Result<Listed<T>> {
        let looked_up = self.look_up(tx, page)?;
        let sql = self.sql(looked_up.as_ref().unwrap_or(page));
        let params: Vec<(&str, &dyn ToSql)> =
            self.params.iter().map(|(name, value)| (*name, &**value)).collect();
        let params: Params<'_> = &params;
        let count = page.sort.len() + 1;
        let mut rows = tx.all(&sql, params, |row| Ok((map(row)?, position(row, count)?)))?;
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(_, position)| position.clone());
        Ok(Listed { rows: rows.into_iter().map(|(row, _)| row).collect(), next })
    }

    /// A cursor that holds the id alone: the other values of the position are read from that row.
    fn look_up(&self, tx: &Tx<'_>, page: &PageRequest) -> Result<Option<PageRequest>> {
        let Some([id]) = page.after.as_deref() else { return Ok(None) };
        let keys = self.keys(page);
        let sql = format!(
            "SELECT {} FROM {}{} AND {} = :k0",
            aliased(&keys),
            self.from,
            self.conditions,
            self.id
        );
        let mut params: Vec<(&str, &dyn ToSql)> =
            self.params.iter().map(|(name, value)| (*name, &**value)).collect();
        params.push((":k0", id));
        let after = tx.find(&sql, &params, |row| position(row, keys.len()))?.ok_or_else(|| {
            Error::new(Code::InvalidCursor, "What the cursor stood at has left the list.")
        })?;
        Ok(Some(PageRequest { after: Some(after), ..page.clone() }))
    }

    /// The steps in which SQLite would read the page.
    #[cfg(test)]
    pub(crate) fn explain(mut self, tx: &Tx<'_>, page: &PageRequest) -> Result<Vec<String>> {
        let sql = format!("EXPLAIN QUERY PLAN {}", self.sql(page));
        let params: Vec<(&str, &dyn ToSql)> =
            self.params.iter().map(|(name, value)| (*name, &**value)).collect();
        tx.all(&sql, &params, |row| row.get("detail"))
    }

    /// The statement of a page; what it needs of the position is added to the parameters.
    fn sql(&mut self, page: &PageRequest) -> String {
        let keys = self.keys(page);
        if let Some(after) = &page.after {
            let condition = behind(&page.sort, &keys);
            self.add(&condition);
            for (name, value) in KEY_PARAMS.iter().zip(after) {
                self.params.push((name, Box::new(value.clone())));
            }
        }
        format!(
            "SELECT {}, {} FROM {}{} ORDER BY {} LIMIT {}",
            self.columns,
            aliased(&keys),
            self.from,
            self.conditions,
            order(&page.sort, &keys),
            page.limit + 1,
        )
    }

    /// What the page is ordered by: the sort columns and the id.
    fn keys(&self, page: &PageRequest) -> Vec<String> {
        let columns = page.sort.iter().map(|key| key.column.sql.to_owned());
        columns.chain([self.id.to_owned()]).collect()
    }

    fn add(&mut self, condition: &str) {
        self.conditions.push_str(" AND (");
        self.conditions.push_str(condition);
        self.conditions.push(')');
    }
}

const KEY_NAMES: [&str; 8] = ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"];
const KEY_PARAMS: [&str; 8] = [":k0", ":k1", ":k2", ":k3", ":k4", ":k5", ":k6", ":k7"];

fn aliased(keys: &[String]) -> String {
    let keys: Vec<String> =
        keys.iter().zip(KEY_NAMES).map(|(key, name)| format!("{key} AS {name}")).collect();
    keys.join(", ")
}

fn position(row: &Row<'_>, count: usize) -> Mapped<Vec<SortValue>> {
    KEY_NAMES.iter().take(count).map(|name| row.get(*name)).collect()
}

/// Ties follow the last key's direction, so that one index serves the order both ways.
fn directions(sort: &[SortKey]) -> Vec<bool> {
    let last = sort.last().is_some_and(|key| key.descending);
    sort.iter().map(|key| key.descending).chain([last]).collect()
}

fn order(sort: &[SortKey], keys: &[String]) -> String {
    let parts: Vec<String> = keys
        .iter()
        .zip(directions(sort))
        .map(|(key, descending)| format!("{key}{}", if descending { " DESC" } else { "" }))
        .collect();
    parts.join(", ")
}

/// The rows behind a position. With one direction a row value does it, which SQLite turns into
/// one step into the index; else the keys before must be equal.
fn behind(sort: &[SortKey], keys: &[String]) -> String {
    let directions = directions(sort);
    let compare = |descending: &bool| if *descending { "<" } else { ">" };
    if directions.windows(2).all(|pair| pair.first() == pair.last()) {
        let params = KEY_PARAMS.get(..keys.len()).unwrap_or_default().join(", ");
        let descending = directions.first().unwrap_or(&false);
        return format!("({}) {} ({params})", keys.join(", "), compare(descending));
    }
    let mut cases = Vec::new();
    for (depth, (key, descending)) in keys.iter().zip(&directions).enumerate() {
        let equal: String = keys
            .iter()
            .zip(KEY_PARAMS)
            .take(depth)
            .map(|(key, param)| format!("{key} = {param} AND "))
            .collect();
        let param = KEY_PARAMS.get(depth).unwrap_or(&":k7");
        cases.push(format!("({equal}{key} {} {param})", compare(descending)));
    }
    cases.join(" OR ")
}
