//! The schema, embedded in the binary and brought up to date under one lock.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::backup;
use super::connection::{self, APPLICATION_ID};
use crate::kernel::{Clock, Code, Error, Result, SystemClock, bug};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// What a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The names of the steps that were applied now.
    pub applied: Vec<String>,
    /// The copy made before, when there was something to lose.
    pub backup: Option<PathBuf>,
}

/// Makes the folder of the file, for its owner alone.
///
/// # Errors
/// When it can't be made.
pub fn make_folder(path: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| Error::internal(format!("{}: {error}", folder.display())))
}

/// Brings the file to the schema of this version, making it when it is not there.
///
/// # Errors
/// When the file belongs to another program or a newer version, or a step fails.
pub fn migrate(path: &Path) -> Result<Migrated> {
    connection::require_sqlite()?;
    let mut connection = connection::open(path)?;
    only_owner(path)?;
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let empty = is_empty(&connection)?;
    if id == 0 && empty {
        connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    } else if id != APPLICATION_ID {
        return Err(foreign(path));
    }
    let backup = if !empty && lacks_steps(&mut connection)? && !bug::seeded("migrated_without_copy")
    {
        Some(backup::beside(&connection, path, SystemClock.now())?)
    } else {
        None
    };
    let report = embedded::migrations::runner().run(&mut connection).map_err(|error| {
        let detail = format!("The database can't be brought to this version: {error}.");
        Error::new(Code::Internal, detail)
    })?;
    let applied = report.applied_migrations().iter().map(ToString::to_string).collect();
    Ok(Migrated { applied, backup })
}

/// Whether the file lacks steps that this version knows.
///
/// # Errors
/// When the file is missing, belongs to another program, or can't be read.
pub fn pending(path: &Path) -> Result<bool> {
    if !path.exists() {
        let detail = format!("There is no database at {}.", path.display());
        return Err(Error::new(Code::Internal, detail));
    }
    let mut connection = connection::open(path)?;
    let id: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != APPLICATION_ID {
        return if id == 0 && is_empty(&connection)? { Ok(true) } else { Err(foreign(path)) };
    }
    if is_empty(&connection)? {
        return Ok(true);
    }
    lacks_steps(&mut connection)
}

/// The number of the newest step that this version knows.
pub fn newest_step() -> i64 {
    let steps = embedded::migrations::runner();
    steps.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or_default()
}

fn lacks_steps(connection: &mut Connection) -> Result<bool> {
    let runner = embedded::migrations::runner();
    let known = runner.get_migrations().len();
    let applied = runner.get_applied_migrations(connection).map_err(Error::internal)?.len();
    if applied > known {
        return Err(Error::new(
            Code::Internal,
            "The database was written by a newer version of Prêt; use that version.",
        ));
    }
    Ok(applied < known)
}

fn is_empty(connection: &Connection) -> Result<bool> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(tables == 0)
}

/// What is said of a file that another program made.
pub(super) fn foreign(path: &Path) -> Error {
    let detail = format!("{} is not a database of Prêt.", path.display());
    Error::new(Code::Internal, detail)
}

/// The file holds personal data: nobody but its owner reads it.
fn only_owner(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(Error::internal)
}
