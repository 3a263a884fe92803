//! Looking into a database file without changing anything about it: no file is made beside it, and
//! none that is missing is made.

use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{Connection, OpenFlags};

use super::connection::{self, APPLICATION_ID};
use super::{GlobalTx, beside, schema};
use crate::kernel::{Code, Error, Result, Timestamp};

/// Reads one snapshot of a file of this program, whatever its schema.
///
/// # Errors
/// When it can't be opened or is not ours, or the work fails.
pub fn inspect<T>(
    path: &Path,
    now: Timestamp,
    work: impl FnOnce(&GlobalTx<'_>) -> Result<T>,
) -> Result<T> {
    let mut connection = open(path)?;
    connection::configure_reader(&connection)?;
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID {
        return Err(schema::foreign(path));
    }
    let transaction = connection.transaction()?;
    work(&GlobalTx::new(&transaction, now))
}

/// Without a log beside it nobody has the file open, and it can be read as something that stands
/// still: else SQLite would make a log, even for somebody who only reads.
fn open(path: &Path) -> Result<Connection> {
    let Some(name) = path.to_str() else {
        let detail = format!("{} can't be opened: its name is not UTF-8.", path.display());
        return Err(Error::new(Code::Internal, detail));
    };
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let rests = !beside(path, "-wal").exists();
    let uri = if rests { format!("file:{name}?immutable=1") } else { format!("file:{name}") };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Ok(Connection::open_with_flags(uri, flags)?)
}
