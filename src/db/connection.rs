//! Connections: every one gets the same pragmas, and reads them back.

use std::path::Path;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, OpenFlags};

use super::beside;
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
/// each statement, so that a write over many rows takes the square of their number. What is deleted
/// or overwritten is zeroed in the file, so that little of it is left for who searches its bytes (rows
/// that move within a page leave copies; writing the file anew is rid of these).
const PRAGMAS: [(&str, &str, &str); 9] = [
    ("busy_timeout", "10000", "10000"),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", "2"),
    ("foreign_keys", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("secure_delete", "ON", "1"),
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

/// Opens a database that others may be writing, to look at it and change nothing.
pub(super) fn open_to_look(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch(READING)?;
    Ok(connection)
}

/// Opens a copy to read it alone. It stays as it is, and nothing is left beside it.
pub(super) fn open_read_only(path: &Path) -> rusqlite::Result<Connection> {
    let connection = if beside(path, "-wal").exists() || beside(path, "-journal").exists() {
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?
    } else {
        // Nobody has it open, so that no lock is needed, and no file for it either.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(immutable(path), flags)?
    };
    connection.execute_batch(READING)?;
    Ok(connection)
}

/// Of a connection that only reads.
const READING: &str = "PRAGMA busy_timeout = 10000; PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = -65536; PRAGMA temp_store = FILE; PRAGMA query_only = ON";

/// The address under which SQLite takes a file for one that nobody changes.
fn immutable(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');
    format!("file:{}?immutable=1", percent_encode(path.as_os_str().as_bytes(), PLAIN))
}

/// Opens a file that a copy is written to. Until it is whole it is worth nothing, so that nothing
/// is done for its safety.
pub(super) fn open_target(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    Ok(connection)
}

/// Folds a database and its log into one plain file. Refused as busy while anybody else has it
/// open.
pub(super) fn make_plain(path: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if mode == "delete" {
        return Ok(());
    }
    let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    Err(rusqlite::Error::SqliteFailure(busy, Some(format!("the journal stays at {mode}"))))
}

/// The check of a whole file, each index against its table.
pub(super) const INTEGRITY: &str = "PRAGMA integrity_check";

/// What SQLite finds wrong with a file and with its foreign keys; nothing, unless it is damaged.
pub(super) fn faults(connection: &Connection, check: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(check)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut faults = rows.collect::<rusqlite::Result<Vec<String>>>()?;
    faults.retain(|fault| fault != "ok");
    let mut statement = connection.prepare("PRAGMA foreign_key_check")?;
    let rows = statement.query_map([], |row| {
        let (table, parent): (String, String) = (row.get("table")?, row.get("parent")?);
        Ok(format!("a row of {table} refers to a row of {parent} that is not there"))
    })?;
    faults.extend(rows.collect::<rusqlite::Result<Vec<String>>>()?);
    Ok(faults)
}

/// A connection that can only read a copy which nobody writes.
pub(super) fn pool_of_copy(path: &Path) -> Result<Pool> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let manager = SqliteConnectionManager::file(path).with_flags(flags).with_init(|connection| {
        connection.set_prepared_statement_cache_capacity(PREPARED);
        connection.execute_batch(READING)
    });
    r2d2::Pool::builder().max_size(1).build(manager).map_err(Error::internal)
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
    set(connection, &PRAGMAS)
}

/// The same for somebody who only looks: all but what would be written into the file.
pub(super) fn configure_reader(connection: &Connection) -> Result<()> {
    let of_the_connection: Vec<_> =
        PRAGMAS.into_iter().filter(|(name, ..)| *name != "journal_mode").collect();
    set(connection, &of_the_connection)
}

fn set(connection: &Connection, pragmas: &[(&str, &str, &str)]) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(PREPARED);
    for (name, value, expected) in pragmas {
        connection.pragma_update(None, name, value)?;
        let found = read(connection, name)?;
        if found != *expected {
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
