//! Whole rows of whole tables as JSON, for moving them from one file to another. Knows no table:
//! which ones there are stands in a list of the caller, and which columns they have in the schema.
//! Neither name is ever taken from outside.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};
use serde_json::{Map, Value};

use super::{GlobalTx, Tx, WriteTx};
use crate::kernel::{Error, Result};

/// Which rows of which table, in words of the caller's own code.
#[derive(Debug, Clone, Copy)]
pub struct RowsOf {
    /// The table.
    pub table: &'static str,
    /// The column that says to which organization a row belongs.
    pub org: &'static str,
    /// Which rows; names `:org`.
    pub those: &'static str,
    /// In which order.
    pub order: &'static str,
    /// Columns that are not moved.
    pub without: &'static [&'static str],
}

/// Rows as the schema of this file has them.
#[derive(Debug)]
pub struct Rows {
    /// Which ones.
    pub of: RowsOf,
    columns: Vec<Column>,
    select: String,
    insert: String,
}

#[derive(Debug)]
struct Column {
    name: String,
    /// As a parameter of the statement: the organization is the transaction's own.
    parameter: String,
    is_text: bool,
}

impl Rows {
    /// Looks up the columns; those that are computed are not moved.
    pub fn in_schema(global: &GlobalTx<'_>, of: RowsOf) -> Result<Self> {
        let mut columns = global.all(
            "SELECT name, type FROM pragma_table_xinfo(:table) WHERE hidden = 0 ORDER BY cid",
            &[(":table", &of.table)],
            |row| {
                let (name, kind): (String, String) = (row.get("name")?, row.get("type")?);
                let parameter = if name == of.org { ":org".to_owned() } else { format!(":{name}") };
                Ok(Column { parameter, name, is_text: kind == "TEXT" })
            },
        )?;
        columns.retain(|column| !of.without.contains(&column.name.as_str()));
        let list =
            |of: &dyn Fn(&Column) -> &str| columns.iter().map(of).collect::<Vec<_>>().join(", ");
        let (names, values) = (list(&|column| &column.name), list(&|column| &column.parameter));
        let RowsOf { table, those, order, .. } = of;
        let select = format!("SELECT {names} FROM {table} WHERE {those} ORDER BY {order}");
        let insert = format!("INSERT INTO {table} ({names}) VALUES ({values})");
        Ok(Self { of, columns, select, insert })
    }

    /// Shows each row, one at a time; stops where that is refused.
    pub fn each(
        &self,
        tx: &Tx<'_>,
        mut see: impl FnMut(Map<String, Value>) -> Result<()>,
    ) -> Result<()> {
        let mut refused = None;
        let all = tx.all(&self.select, &[], |row| {
            see(self.json(row)?).map_err(|error| {
                refused = Some(error);
                rusqlite::Error::InvalidQuery
            })
        });
        refused.map_or_else(|| all.map(drop), Err)
    }

    fn json(&self, row: &Row<'_>) -> rusqlite::Result<Map<String, Value>> {
        let mut json = Map::new();
        for (at, column) in self.columns.iter().enumerate() {
            let value = match row.get_ref(at)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => number.into(),
                other => other.as_str()?.into(),
            };
            json.insert(column.name.clone(), value);
        }
        Ok(json)
    }

    /// What keeps a row from being one of this table: a column that is missing, unknown or of
    /// another type.
    pub fn misfit(&self, row: &Map<String, Value>) -> Option<String> {
        let known = |name: &String| self.columns.iter().any(|column| column.name == *name);
        if let Some(unknown) = row.keys().find(|name| !known(name)) {
            return Some(format!("{unknown:?} is no column of it"));
        }
        self.columns.iter().find_map(|column| match row.get(&column.name) {
            None => Some(format!("{} is missing", column.name)),
            Some(value) if column.fits(value) => None,
            Some(_) => {
                let kind = if column.is_text { "a text" } else { "a whole number" };
                Some(format!("{} must be {kind}", column.name))
            }
        })
    }

    /// Writes a row into the organization of the transaction, whatever the row says of that.
    pub fn insert(&self, tx: &WriteTx<'_>, row: &Map<String, Value>) -> Result<()> {
        if let Some(misfit) = self.misfit(row) {
            return Err(Error::internal(format!("{}: {misfit}", self.of.table)));
        }
        let values: Vec<(&str, Json<'_>)> = self
            .columns
            .iter()
            .filter(|column| column.name != self.of.org)
            .filter_map(|column| Some((column.parameter.as_str(), Json(row.get(&column.name)?))))
            .collect();
        let params: Vec<(&str, &dyn ToSql)> =
            values.iter().map(|(name, value)| (*name, value as &dyn ToSql)).collect();
        tx.execute(&self.insert, &params).map(drop)
    }
}

impl Column {
    fn fits(&self, value: &Value) -> bool {
        value.is_null() || if self.is_text { value.is_string() } else { value.is_i64() }
    }
}

/// A value that fits its column.
struct Json<'a>(&'a Value);

impl ToSql for Json<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::String(text) => ValueRef::Text(text.as_bytes()),
            value => value.as_i64().map_or(ValueRef::Null, ValueRef::Integer),
        }))
    }
}
