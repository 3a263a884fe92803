//! Connections: every one gets the same pragmas, and reads them back.

use std::path::Path;
use std::time::Duration;

use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::Connection;

use crate::kernel::{Code, Error, Result};

/// "Pret" in ASCII: marks the file as ours in the header of SQLite.
pub(super) const APPLICATION_ID: i64 = 0x5072_6574;

/// Before 3.51.3 a WAL reset could lose a committed transaction.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Statements kept prepared per connection; all of ours fit.
const PREPARED: usize = 512;

pub(super) type Pool = r2d2::Pool<SqliteConnectionManager>;
pub(super) type Reader = r2d2::PooledConnection<SqliteConnectionManager>;

/// A pragma: its name, the value we set, and the value it must read back as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragma {
    /// The name in SQLite.
    pub name: &'static str,
    /// What was read back.
    pub value: String,
}

/// In force on every connection. `FULL` makes an answered write survive a power cut. What a
/// savepoint must be able to undo is kept in a file: in memory SQLite walks all of it at the end of
/// each statement, so that a write over many rows takes the square of their number.
const PRAGMAS: [(&str, &str, &str); 8] = [
    ("busy_timeout", "10000", "10000"),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("temp_store", "FILE", "1"),
    ("cache_size", "-16384", "-16384"),
    ("journal_size_limit", "67108864", "67108864"),
];

pub(super) fn require_sqlite() -> Result<()> {
    if rusqlite::version_number() >= OLDEST_SQLITE {
        return Ok(());
    }
    let found = rusqlite::version();
    let detail = format!("SQLite 3.51.3 or newer is needed, this build has {found}.");
    Err(Error::new(Code::Internal, detail))
}

/// Opens the connection that may write.
#[expect(clippy::disallowed_methods, reason = "this is the one place that opens connections")]
pub(super) fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    configure(&connection)?;
    Ok(connection)
}

/// A pool of connections that can only read.
pub(super) fn pool(path: &Path, size: u32) -> Result<Pool> {
    let manager = SqliteConnectionManager::file(path).with_init(|connection| {
        configure(connection).map_err(|error| to_sqlite(&error))?;
        connection.pragma_update(None, "query_only", "ON")
    });
    r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(10))
        .build(manager)
        .map_err(Error::internal)
}

fn configure(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED);
    for (name, value, expected) in PRAGMAS {
        connection.pragma_update(None, name, value)?;
        let found = read(connection, name)?;
        if found != expected {
            let detail = format!("SQLite keeps {name} at {found}, Prêt needs {expected}.");
            return Err(Error::new(Code::Internal, detail));
        }
    }
    Ok(())
}

/// Reads the pragmas of a fresh connection.
pub(super) fn read_back(path: &Path) -> Result<Vec<Pragma>> {
    let connection = open(path)?;
    PRAGMAS.iter().map(|(name, ..)| Ok(Pragma { name, value: read(&connection, name)? })).collect()
}

fn read(connection: &Connection, name: &str) -> Result<String> {
    let value =
        connection.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))?;
    Ok(match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    })
}

fn to_sqlite(error: &Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(format!("{error:?}").into())
}
