//! The database file as somebody with a shell sees it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

/// A connection of one's own.
pub struct File(Connection);

/// Every row of every table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump(BTreeMap<String, Vec<String>>);

impl File {
    #[expect(clippy::disallowed_methods, reason = "this is somebody beside the service")]
    pub fn open(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 10000").unwrap();
        Self(connection)
    }

    /// Runs statements; the error is what SQLite says.
    pub fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.0.execute_batch(sql)
    }

    /// All rows of a query.
    pub fn rows(&self, sql: &str) -> Vec<Vec<Value>> {
        let mut statement = self.0.prepare(sql).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| (0..width).map(|at| row.get(at)).collect());
        rows.unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// The one number that a query answers.
    pub fn number(&self, sql: &str) -> i64 {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The one text that a query answers.
    pub fn text(&self, sql: &str) -> String {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Every row there is.
    pub fn dump(&self) -> Dump {
        let tables = self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        let tables = tables.into_iter().filter_map(|row| match row.into_iter().next() {
            Some(Value::Text(name)) => Some(name),
            _ => None,
        });
        Dump(tables.map(|table| (table.clone(), self.table(&table))).collect())
    }

    fn table(&self, table: &str) -> Vec<String> {
        let rows = self.rows(&format!("SELECT * FROM \"{table}\""));
        rows.iter().map(|row| format!("{row:?}")).collect()
    }
}

impl Dump {
    /// What differs, for people; empty when nothing does.
    pub fn difference(&self, later: &Self) -> String {
        let mut text = String::new();
        for (table, rows) in &self.0 {
            let now = later.0.get(table).map(Vec::as_slice).unwrap_or_default();
            let gone = rows.iter().filter(|row| !now.contains(row)).map(|row| ('-', row));
            let come = now.iter().filter(|row| !rows.contains(row)).map(|row| ('+', row));
            for (sign, row) in gone.chain(come) {
                writeln!(text, "{sign} {table}: {row}").unwrap();
            }
        }
        text
    }
}
